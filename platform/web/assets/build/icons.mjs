// One SVG sprite of the Tabler outline icons that our sources name, and of our own in icons/.
// A name is used where it stands as icon("name"), icon="name" or icon: name (YAML), in icons.txt,
// and, where code computes it, in a comment "sprite icons: name name".

import { readFile } from "node:fs/promises";
import path from "node:path";
import { sources } from "./files.mjs";

const OWN = ["mark"];
const IN_CODE = /\bicon(?:\(|=|: |: str = )\s*"([a-z][a-z0-9-]*)"/g;
const IN_NOTE = /\bsprite icons: ([a-z0-9 -]+)/g;
const IN_YAML = /\bicon:\s*["']?([a-z][a-z0-9-]*)/g;
let found;

export async function usedIcons(root, assets) {
  return (found ??= await collect(root, assets));
}

async function collect(root, assets) {
  const names = new Set(OWN);
  const offered = await readFile(path.join(assets, "icons.txt"), "utf8");
  for (const name of offered.split(/\s+/)) if (name) names.add(name);
  const code = await sources([path.join(root, "platform/web"), path.join(root, "builder_ui")],
    [".html", ".ts", ".tsx", ".py"]);
  for (const [, text] of code) {
    for (const match of text.matchAll(IN_CODE)) names.add(match[1]);
    for (const match of text.matchAll(IN_NOTE)) match[1].trim().split(/ +/).forEach((name) => names.add(name));
  }
  const packs = await sources([path.join(root, "packs")], [".yaml"]);
  for (const [, text] of packs) for (const match of text.matchAll(IN_YAML)) names.add(match[1]);
  return names;
}

export async function buildSprite(root, assets) {
  const symbols = [];
  const unknown = [];
  for (const name of [...(await usedIcons(root, assets))].sort()) {
    const file = OWN.includes(name) ? path.join(assets, `icons/${name}.svg`)
      : path.join(root, `node_modules/@tabler/icons/icons/outline/${name}.svg`);
    const svg = await readFile(file, "utf8").catch(() => unknown.push(name) && "");
    if (svg) symbols.push(symbol(name, svg));
  }
  if (unknown.length) throw new Error(`no such Tabler outline icon: ${unknown.join(", ")}`);
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
}

function symbol(name, svg) {
  const shapes = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"))
    .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, "")
    .replace(/\s+/g, " ").replaceAll("> <", "><").replaceAll(" />", "/>").trim();
  return `<symbol id="${name}" viewBox="0 0 24 24" stroke-linecap="round" stroke-linejoin="round">${shapes}</symbol>`;
}
