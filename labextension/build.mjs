// Bundles each panel into one ES module beside its Python class. The output depends on the sources and the locked
// versions alone, so that a test can build again and compare.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";

/** Style sheets enter as minified text: the module adds them to the page itself. */
export const cssAsText = {
  name: "css-as-text",
  setup(bundler) {
    bundler.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: true });
      return { contents: code.trim(), loader: "text" };
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
  jsx: "automatic",
  jsxImportSource: "preact",
  plugins: [cssAsText],
};

/** Each panel's bundle and the module that it begins with. */
const BUNDLES = { run: "src/search/widget.ts", form: "src/form/widget.ts" };

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const outdir = process.argv[2] ?? "../lepton_jupyter/widgets/static";
  // One build for each: built together, esbuild would number their names differently.
  for (const [out, entry] of Object.entries(BUNDLES)) {
    await build({ ...options, entryPoints: { [out]: entry }, outdir });
  }
}
