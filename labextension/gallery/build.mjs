// Writes gallery/index.html: every state of the panel, to look at. #dark and #narrow switch theme and width.
import { writeFile } from "node:fs/promises";
import { build } from "esbuild";
import { options } from "../build.mjs";

const { outputFiles } = await build({
  ...options,
  minify: false,
  loader: { ".json": "json" },
  entryPoints: ["gallery/gallery.ts"],
  write: false,
});
const script = outputFiles[0].text.replaceAll("</script", "<\\/script");

await writeFile(
  new URL("index.html", import.meta.url),
  `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Panels</title>
<style>
body { --jp-layout-color1: #fff; --jp-ui-font-color1: rgba(0,0,0,.87); --jp-brand-color1: #1976d2;
  --jp-ui-font-family: Inter, system-ui, sans-serif; --jp-code-font-family: 'DejaVu Sans Mono', monospace;
  margin: 0; padding: 20px; background: #fff; color: var(--jp-ui-font-color1); font: 13px/1.4 var(--jp-ui-font-family); }
body[data-jp-theme-light='false'] { --jp-layout-color1: #212121; --jp-ui-font-color1: rgba(255,255,255,.87);
  --jp-brand-color1: #2196f3; background: #111; }
.host-out { width: 900px; margin-bottom: 24px; } .host-caption { margin: 0 0 6px; font-size: 12px; opacity: .7; }
.host-out.host-side { width: 300px; height: 560px; } .narrow .host-out.host-side { width: 200px; } .huge .host-out.host-side { width: 560px; }
.narrow .host-out { width: 400px; } .middle .host-out { width: 740px; } .huge .host-out { width: 1500px; }
</style>
<body data-jp-theme-light="true">
<main></main>
<script>
if (location.hash.includes('dark')) document.body.dataset.jpThemeLight = 'false';
for (const width of ['narrow', 'middle', 'huge']) if (location.hash.includes(width)) document.body.classList.add(width);
</script>
<script type="module">
${script}
</script>
</html>
`,
);
