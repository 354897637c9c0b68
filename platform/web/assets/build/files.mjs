// Hashed names, gzipped sizes, and walking the sources that the build reads.

import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";

export function hashed(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
  const dot = name.lastIndexOf(".");
  return `${name.slice(0, dot).replaceAll(".", "-")}-${hash}${name.slice(dot)}`;
}

export function gzipped(content) {
  return gzipSync(content, { level: 9 }).length;
}

/** [path, text] of every file below the folders whose name ends as asked. */
export async function sources(folders, endings) {
  const found = [];
  for (const folder of folders) {
    const names = await readdir(folder, { recursive: true }).catch(() => []);
    for (const name of names.sort()) {
      if (!endings.some((ending) => name.endsWith(ending)) || name.includes("node_modules")) continue;
      const file = path.join(folder, name);
      found.push([file, await readFile(file, "utf8")]);
    }
  }
  return found;
}
