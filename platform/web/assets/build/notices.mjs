// Names, versions and licence texts of every package that ends up in the assets.

import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

export async function notices(root) {
  const { packages } = JSON.parse(await readFile(path.join(root, "package-lock.json"), "utf8"));
  const shipped = Object.entries(packages).filter(([name, entry]) => name && !entry.dev && !name.includes("@scarf"));
  const parts = [];
  for (const [folder, entry] of shipped) {
    const name = folder.slice(folder.lastIndexOf("node_modules/") + "node_modules/".length);
    parts.push(`${name} ${entry.version} (${entry.license ?? "see below"})\n\n${await licence(path.join(root, folder))}`);
  }
  return `${parts.join(`\n${"-".repeat(72)}\n\n`)}\n`;
}

async function licence(folder) {
  const names = await readdir(folder).catch(() => []);
  const found = names.filter((name) => /^(licen[cs]e|notice)/i.test(name)).sort();
  const texts = await Promise.all(found.map((name) => readFile(path.join(folder, name), "utf8")));
  return texts.join("\n");
}
