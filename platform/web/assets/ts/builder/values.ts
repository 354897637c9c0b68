// The values of a picklist: add, move, colour, one default, take away.

import { all, on, one } from "../lib/dom";
import { move, startReorder } from "./reorder";

const PLACE = /__n__/g;

export function startValues(): void {
  startReorder("[data-rows]", "[data-value]", "[data-grip]");
  on("click", "[data-add-value]", (_, button) => {
    const host = button.closest<HTMLElement>("[data-values]");
    if (host) add(host);
  });
  on("click", "[data-up], [data-down]", (_, button) => {
    const row = button.closest<HTMLElement>("[data-value]");
    if (row) move(row, button.matches("[data-up]") ? -1 : 1);
    button.focus();
  });
  on("change", "[data-swatch]", (_, select) => tint(select as HTMLSelectElement));
  on("change", "[data-only]", (_, box) => onlyOne(box as HTMLInputElement));
  on("change", "[data-removes]", (_, box) => takeAway(box as HTMLInputElement));
  on("keydown", "[data-values] .su-valueline input", (event, input) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.isComposing) return;
    event.preventDefault();
    const host = input.closest<HTMLElement>("[data-values]");
    if (host) add(host, input.closest<HTMLElement>("[data-value]"));
  });
}

function add(host: HTMLElement, after?: HTMLElement | null): void {
  const pattern = one<HTMLTemplateElement>("template[data-pattern]", host);
  const rows = one("[data-rows]", host);
  if (!pattern || !rows) return;
  const number = Number(host.dataset.next ?? "100");
  host.dataset.next = String(number + 1);
  const scratch = document.createElement("template");
  scratch.innerHTML = pattern.innerHTML.replace(PLACE, String(number));
  const row = scratch.content.firstElementChild as HTMLElement | null;
  if (!row) return;
  if (after) after.after(row);
  else rows.append(row);
  colour(row, all("[data-value]", rows).length - 1);
  one<HTMLInputElement>(".su-valueline input", row)?.focus();
}

/** Each new value in another colour than the one before. */
function colour(row: HTMLElement, at: number): void {
  const select = one<HTMLSelectElement>("[data-swatch]", row);
  if (!select) return;
  const order = ["blue", "teal", "purple", "orange", "green", "pink", "cyan", "amber", "red", "gray"];
  select.value = order[at % order.length] ?? "blue";
  tint(select);
}

function tint(select: HTMLSelectElement): void {
  select.className = `su-swatch st-${select.value}`;
}

function onlyOne(box: HTMLInputElement): void {
  if (!box.checked) return;
  for (const other of all<HTMLInputElement>("[data-only]", box.closest("[data-rows]") ?? document)) {
    if (other !== box) other.checked = false;
  }
}

function takeAway(box: HTMLInputElement): void {
  const row = box.closest<HTMLElement>("[data-value]");
  if (box.checked && box.matches("[data-drops]")) {
    const next = (row?.nextElementSibling ?? row?.previousElementSibling) as HTMLElement | null;
    row?.remove();
    (next ? one("[data-grip]", next) : one("[data-add-value]"))?.focus();
    return;
  }
  row?.classList.toggle("is-removed", box.checked);
}
