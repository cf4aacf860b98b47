// Bundles each panel into one ES module beside its Python class, and all that JupyterLab itself loads into one script
// beside the two files by which it finds an extension. The output depends on the sources and the locked
// versions alone, so that a test can build again and compare.
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";

/** What style sheets say often, and the sign that stands for it in a bundle; the module puts it back when it loads. */
const SIGNS = [
  [".lepton-", "^"],
  ["var(", "?"],
];

/** A module whose value is the text of a style sheet. */
function sheetModule(sheet) {
  let [signed, value] = [sheet, ""];
  for (const [words, sign] of SIGNS) {
    if (sheet.includes(sign))
      throw new Error(`A style sheet holds ${sign}, which stands for ${words} in bundles.`);
    signed = signed.replaceAll(words, sign);
    value += `.replaceAll(${JSON.stringify(sign)}, ${JSON.stringify(words)})`;
  }
  return `export default ${JSON.stringify(signed)}${value};`;
}

/** Style sheets enter as minified text: the module adds them to the page itself. */
export const cssAsText = {
  name: "css-as-text",
  setup(bundler) {
    bundler.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: true });
      return { contents: sheetModule(code.trim()), loader: "js" };
    });
  },
};

export const options = {
  absWorkingDir: fileURLToPath(new URL(".", import.meta.url)),
  bundle: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  minify: true,
  legalComments: "none",
  // With its children as arguments an element is shorter than with a property for them.
  tsconfigRaw: { compilerOptions: { jsx: "react", jsxFactory: "h", jsxFragmentFactory: "Fragment" } },
  inject: ["short_calls.mjs"],
  plugins: [cssAsText],
};

/**
 * The tokens of the design under short names, as a minifier gives them to variables. A name depends on the token's own
 * alone: the sheets of a page may come from several bundles.
 */
const shortNames = new Map();

function shortName(token) {
  // Two letters hold 1296 names; of these two numbers any will do that keep the tokens apart.
  let sum = 0;
  for (const letter of token) sum = (sum * 5 + letter.codePointAt(0)) % 1231;
  const short = `--l${sum.toString(36).padStart(2, "0")}`;
  const other = shortNames.get(short);
  if (other !== undefined && other !== token)
    throw new Error(`${token} and ${other} have the same short name.`);
  shortNames.set(short, token);
  return short;
}

const SHORT_NAMES = {
  name: "short-names",
  setup(bundler) {
    bundler.initialOptions.write = false;
    bundler.onEnd(({ outputFiles }) => {
      for (const file of outputFiles)
        file.contents = Buffer.from(file.text.replaceAll(/--lepton-[a-z0-9-]+/g, shortName));
    });
  },
};
const minified = { ...options, plugins: [...options.plugins, SHORT_NAMES] };

/** Each panel's bundle and the module that it begins with. */
const BUNDLES = {
  run: "src/search/widget.ts",
  form: "src/form/widget.ts",
  stream: "src/stream/widget.ts",
  plan: "src/prepare/widget.ts",
};

/** The extension's name where JupyterLab looks for it, the script that a page loads, and the module behind it. */
const EXTENSION = { name: "lepton-jupyter", script: "src/lab/container.ts", module: "src/lab/extension.ts" };

async function buildExtension(outdir) {
  // A page may keep a file for good: another one has another name. What is shown rarely is loaded when it is.
  const { outputFiles, metafile } = await build({
    ...minified,
    splitting: true,
    entryPoints: [EXTENSION.module],
    entryNames: "[name].[hash]",
    chunkNames: "[name].[hash]",
    outdir: "static",
    metafile: true,
  });
  const [entry] = Object.entries(metafile.outputs).find(
    ([, { entryPoint }]) => entryPoint === EXTENSION.module,
  );
  const container = await build({
    ...options,
    inject: [],
    format: "iife",
    entryPoints: [EXTENSION.script],
    define: { EXTENSION_MODULE: JSON.stringify(`./${basename(entry)}`) },
    write: false,
  });
  const [{ contents }] = container.outputFiles;
  const hash = createHash("sha256").update(contents).digest("hex").slice(0, 12);
  const script = `static/remoteEntry.${hash}.js`;
  await rm(outdir, { recursive: true, force: true });
  await mkdir(join(outdir, "static"), { recursive: true });
  await writeFile(join(outdir, script), contents);
  for (const { path, contents: text } of outputFiles)
    await writeFile(join(outdir, "static", basename(path)), text);
  const { version, description, license } = JSON.parse(
    await readFile(new URL("package.json", import.meta.url), "utf8"),
  );
  await writeJson(join(outdir, "package.json"), {
    name: EXTENSION.name,
    version,
    description,
    license,
    jupyterlab: { _build: { load: script, extension: "./extension", mimeExtension: "./mimeExtension" } },
  });
  // JupyterLab reads a plugin's settings, its toolbar buttons among them, from a file of the plugin's name.
  const schemas = join(outdir, "schemas", EXTENSION.name);
  await cp(new URL("schema", import.meta.url), schemas, { recursive: true });
  await writeJson(join(outdir, "install.json"), {
    packageManager: "python",
    packageName: EXTENSION.name,
    uninstallInstructions: `pip uninstall ${EXTENSION.name}`,
  });
}

const writeJson = (path, value) => writeFile(path, `${JSON.stringify(value, null, 2)}\n`);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const packageFolder = process.argv[2] ?? "../lepton_jupyter";
  // One build for each: built together, esbuild would number their names differently.
  for (const [out, entry] of Object.entries(BUNDLES)) {
    const folder = join(packageFolder, "widgets/static");
    const { outputFiles } = await build({ ...minified, entryPoints: { [out]: entry }, outdir: folder });
    await mkdir(folder, { recursive: true });
    for (const { path, contents } of outputFiles) await writeFile(path, contents);
  }
  await buildExtension(join(packageFolder, "labextension"));
}
