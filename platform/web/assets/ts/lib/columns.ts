// The drawer of a list's columns: add, remove, and order by dragging or with the keyboard.

import { all, on, one } from "./dom";
import type { Picked } from "./picker";
import { t } from "./text";

export function startColumns(): void {
  on("click", "[data-columns] [data-move]", (_, button) => {
    const line = button.closest<HTMLElement>("[data-column]");
    if (line) move(line, Number(button.dataset.move), button);
  });
  on("click", "[data-columns] [data-remove]", (_, button) => {
    const line = button.closest<HTMLElement>("[data-column]");
    const next = line?.nextElementSibling ?? line?.previousElementSibling;
    line?.remove();
    one("[data-remove], [data-label]", next ?? document)?.focus();
  });
  document.addEventListener("fs:picked", (event) => add((event as CustomEvent<Picked>).detail));
  document.addEventListener("htmx:after:swap", () => void drag());
}

function move(line: HTMLElement, step: number, button: HTMLElement): void {
  const other = step < 0 ? line.previousElementSibling : line.nextElementSibling;
  if (!other?.matches("[data-column]")) return;
  if (step < 0) other.before(line);
  else other.after(line);
  button.focus();
  const said = one("[data-said]", line.closest("form") ?? document);
  const lines = all("[data-columns] > li");
  const label = one("[data-label]", line)?.textContent ?? "";
  if (said) said.textContent = t("%(label)s is column %(place)s of %(count)s", {
    label, place: String(lines.indexOf(line) + 1), count: String(lines.length) });
}

function add(picked: Picked): void {
  const list = one("[data-columns]");
  const pattern = one<HTMLTemplateElement>("#column-line")?.content.firstElementChild;
  if (!list || !pattern) return;
  const there = all<HTMLInputElement>("input[name=c]", list).find((input) => input.value === picked.path);
  const line = there?.closest("li") ?? (pattern.cloneNode(true) as HTMLLIElement);
  if (!there) {
    const input = one<HTMLInputElement>("input[name=c]", line);
    if (input) input.value = picked.path;
    for (const each of all("[data-label], button", line)) {
      if (each.matches("[data-label]")) each.textContent = picked.label;
      else each.setAttribute("aria-label", (each.getAttribute("aria-label") ?? "").replace("…", picked.label));
    }
    list.append(line);
  }
  line.scrollIntoView({ block: "nearest" });
  one("[data-remove]", line)?.focus();
}

async function drag(): Promise<void> {
  const list = one("[data-columns]:not([data-sorts])");
  if (!list) return;
  list.dataset.sorts = "";
  const { default: Sortable } = await import("sortablejs");
  Sortable.create(list, { handle: "[data-grip]", draggable: "[data-column]", forceFallback: true, animation: 120 });
}
