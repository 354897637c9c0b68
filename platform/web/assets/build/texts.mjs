// The browser's share of the gettext catalogues: texts named in t("…") and tn("…", "…").
// Each locale becomes a small module that fills globalThis.fieldstoneTexts.

import path from "node:path";
import { sources } from "./files.mjs";

const LOCALES = ["en", "zh_CN"];
const SOURCE_LOCALE = "en";
const STRING = String.raw`"((?:[^"\\]|\\.)*)"`;
const CALL = new RegExp(String.raw`\bt\(\s*${STRING}|\btn\(\s*${STRING},\s*${STRING}`, "g");

export async function buildTexts(root) {
  const wanted = await textsInScripts(root);
  const modules = {};
  for (const locale of LOCALES) {
    const catalogue = await read(root, locale);
    const texts = {};
    for (const text of wanted) if (catalogue.get(text)) texts[text] = catalogue.get(text);
    const missing = locale === SOURCE_LOCALE ? [] : wanted.filter((text) => !texts[text]);
    if (missing.length) throw new Error(`not in the ${locale} catalogues: ${missing.join(" | ")}`);
    modules[`text.${locale}.js`] = `globalThis.fieldstoneTexts=${JSON.stringify(texts)};`;
  }
  return modules;
}

async function textsInScripts(root) {
  const folders = [path.join(root, "platform/web/assets/ts"), path.join(root, "builder_ui/assets/ts")];
  const found = new Set();
  for (const [, text] of await sources(folders, [".ts", ".tsx"])) {
    for (const match of text.matchAll(CALL)) found.add(JSON.parse(`"${match[1] ?? match[2]}"`));
  }
  return [...found].sort();
}

async function read(root, locale) {
  const folder = path.join(root, "platform/kernel/locale", locale);
  const entries = new Map();
  for (const [, text] of await sources([folder], [".po"])) {
    for (const block of text.split(/\n\s*\n/)) addEntry(entries, block);
  }
  return entries;
}

/** msgid → msgstr, or msgstr[0] of a plural: Chinese has one form, English needs no entry. */
function addEntry(entries, block) {
  const parts = {};
  let current = "";
  for (const line of block.split("\n")) {
    const start = /^(msgid|msgid_plural|msgstr(?:\[0\])?)\s+(".*")$/.exec(line);
    if (start) [, current, parts[start[1]]] = [null, start[1], JSON.parse(start[2])];
    else if (line.startsWith('"') && current) parts[current] += JSON.parse(line);
    else current = "";
  }
  const text = parts.msgstr ?? parts["msgstr[0]"];
  if (parts.msgid && text) entries.set(parts.msgid, text);
}
