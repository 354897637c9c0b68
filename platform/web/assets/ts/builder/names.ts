// An API name follows the label while nobody has typed one: [data-names] holds the inputs,
// data-derive answers GET ?label= with {"name"}.

import { on, one } from "../lib/dom";
import { getJson } from "../lib/http";

const PAUSE_MS = 250;
const LABELS = ["label.en", "label.zh_CN"];
let timer = 0;

export function startNames(): void {
  on("input", "[data-names] input", (_, input) => {
    const host = input.closest<HTMLElement>("[data-names]");
    const field = input as HTMLInputElement;
    if (!host) return;
    if (field.name === "name") host.dataset.typed = field.value ? "1" : "";
    else if (LABELS.includes(field.name) && !host.dataset.typed) later(host);
  });
}

function later(host: HTMLElement): void {
  clearTimeout(timer);
  timer = window.setTimeout(() => void derive(host), PAUSE_MS);
}

async function derive(host: HTMLElement): Promise<void> {
  const label = LABELS.map((name) => inputOf(host, name)?.value.trim()).find(Boolean) ?? "";
  const target = inputOf(host, "name");
  if (!target || target.readOnly) return;
  const found = label ? await getJson<{ name: string }>(host.dataset.derive ?? "", { label }) : { name: "" };
  if (!host.dataset.typed) target.value = found.name;
}

function inputOf(host: HTMLElement, name: string): HTMLInputElement | null {
  return one<HTMLInputElement>(`input[name="${CSS.escape(name)}"]`, host);
}
