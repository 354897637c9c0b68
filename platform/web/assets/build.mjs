// Builds platform/web/static: scripts, styles, icon sprite, texts, API docs and manifest.json.
// Entries: ts/*.ts and css/{app,builder}.css here, and whatever builder_ui/assets holds of each.

import { copyFile, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { hashed, gzipped } from "./build/files.mjs";
import { notices } from "./build/notices.mjs";
import { buildSprite, usedIcons } from "./build/icons.mjs";
import { lower, styleText } from "./build/styles.mjs";
import { buildTexts } from "./build/texts.mjs";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const ROOT = path.resolve(HERE, "../../..");
const STATIC = path.resolve(HERE, "../static");
const BUILDER = path.join(ROOT, "builder_ui/assets");
const KIB = 1024;
// Gzipped sizes that break the build: a script with all it loads at once, or a style sheet.
const BUDGETS = { "formula.js": 150 * KIB, "core.js": 60 * KIB, "list.js": 70 * KIB, "form.js": 70 * KIB, "app.css": 30 * KIB };
const LIST_PAGE = ["app.css", "core.js", "list.js", "text.zh_CN.js"];
const LIST_PAGE_BUDGET = 100 * KIB;
const ISLAND_BUDGET = 150 * KIB;

const files = {};

await rm(STATIC, { recursive: true, force: true });
await mkdir(STATIC, { recursive: true });
const chunks = await scripts();
await styles();
await write("icons.svg", await buildSprite(ROOT, HERE));
await write("favicon.svg", await readFile(path.join(HERE, "icons/favicon.svg")));
for (const [name, text] of Object.entries(await buildTexts(ROOT))) await write(name, text);
await apiDocs();
await write("THIRD_PARTY.txt", await notices(ROOT));
const manifest = { files, icons: [...(await usedIcons(ROOT, HERE))].sort() };
await writeFile(path.join(STATIC, "manifest.json"), JSON.stringify(manifest, null, 1));
await report();

async function write(name, content) {
  const target = hashed(name, content);
  await writeFile(path.join(STATIC, target), content);
  files[name] = target;
}

async function entries(folder, pattern) {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => pattern.test(name)).map((name) => path.join(folder, name));
}

async function scripts() {
  const pages = await entries(path.join(HERE, "ts"), /\.ts$/);
  const islands = await entries(path.join(BUILDER, "ts"), /\.tsx?$/);
  const result = await build({
    entryPoints: [...pages, ...islands].filter((name) => !name.endsWith(".d.ts")),
    outdir: STATIC,
    entryNames: "[name]-[hash]",
    chunkNames: "chunk-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    minify: true,
    metafile: true,
    legalComments: "none",
    absWorkingDir: ROOT,
    jsx: "automatic",
    jsxImportSource: "preact",
    plugins: [styleText],
  });
  const outputs = result.metafile.outputs;
  const found = {};
  for (const [file, output] of Object.entries(outputs)) {
    if (!output.entryPoint) continue;
    const source = path.parse(output.entryPoint).name;
    if (!/\/ts\/[^/]+$/.test(output.entryPoint)) continue;
    files[`${source}.js`] = path.basename(file);
    found[`${source}.js`] = { all: [...withImports(outputs, file)].map((name) => path.basename(name)),
      island: output.entryPoint.includes("builder_ui") };
  }
  return found;
}

function withImports(outputs, file, seen = new Set()) {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const item of outputs[file].imports) {
    if (item.kind === "import-statement") withImports(outputs, item.path, seen);
  }
  return seen;
}

async function styles() {
  const sheets = [...(await entries(path.join(HERE, "css"), /^(app|builder)\.css$/)),
    ...(await entries(path.join(BUILDER, "css"), /\.css$/))];
  for (const file of sheets) await write(path.basename(file), lower(file));
}

async function apiDocs() {
  await mkdir(path.join(STATIC, "swagger"));
  for (const name of ["swagger-ui-bundle.js", "swagger-ui.css"]) {
    await copyFile(path.join(ROOT, "node_modules/swagger-ui-dist", name), path.join(STATIC, "swagger", name));
  }
}

async function report() {
  const sizes = {};
  const size = async (file) => (sizes[file] ??= gzipped(await readFile(path.join(STATIC, file))));
  const total = async (names) => {
    const all = new Set(names.flatMap((name) => chunks[name]?.all ?? [files[name]]));
    let sum = 0;
    for (const file of all) sum += await size(file);
    return sum;
  };
  const rows = [];
  for (const name of Object.keys(files)) {
    const budget = BUDGETS[name] ?? (chunks[name]?.island ? ISLAND_BUDGET : undefined);
    if (/\.(js|css|svg)$/.test(name)) rows.push([name, await total([name]), budget]);
  }
  rows.push(["a list page in all", await total(LIST_PAGE), LIST_PAGE_BUDGET]);
  for (const [name, bytes, budget] of rows) {
    console.log(`${name.padEnd(22)} ${kib(bytes).padStart(8)} gz${budget ? ` of ${kib(budget)}` : ""}`);
  }
  const over = rows.filter(([, bytes, budget]) => budget && bytes > budget).map(([name]) => name);
  if (over.length) throw new Error(`over its size budget: ${over.join(", ")}`);
}

function kib(bytes) {
  return `${(bytes / KIB).toFixed(1)} KiB`;
}
