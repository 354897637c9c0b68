// Lines of a sub-table: add, copy, remove, number anew, and keep the totals.
// [data-lines="lines"] holds a <template data-pattern> whose names carry __n__.

import { group, ungroup } from "../elements/number";
import { all, on, one } from "./dom";
import { tn } from "./text";

const PLACE = /__n__/g;

export function startLines(): void {
  all("[data-lines]").forEach((host) => totals(host));
  on("click", "[data-add-line]", (_, button) => {
    const host = button.closest<HTMLElement>("[data-lines]");
    if (host) focusFirst(addLine(host));
  });
  on("click", "[data-copy-line]", (_, button) => copy(button));
  on("click", "[data-drop-line]", (_, button) => drop(button));
  for (const type of ["input", "change"] as const) {
    on(type, "[data-lines] :is(input, select)", (_, field) => {
      const host = field.closest<HTMLElement>("[data-lines]");
      if (host) totals(host);
    });
  }
}

/** A new line at the end (or after `after`), its names in place; elements in it come alive. */
export function addLine(host: HTMLElement, after?: Element): HTMLElement {
  const pattern = one<HTMLTemplateElement>("template[data-pattern]", host);
  const body = one("tbody", host);
  const next = String(Number(host.dataset.next ?? "0"));
  host.dataset.next = String(Number(next) + 1);
  const scratch = document.createElement("template");
  scratch.innerHTML = (pattern?.innerHTML ?? "").replace(PLACE, next);
  const line = scratch.content.firstElementChild as HTMLElement;
  if (after) after.after(line);
  else body?.append(line);
  renumber(host);
  document.dispatchEvent(new CustomEvent("fs:added"));
  return line;
}

export function fieldsOf(line: HTMLElement): (HTMLInputElement | HTMLSelectElement)[] {
  return all<HTMLInputElement | HTMLSelectElement>(":is(input:not([type=hidden]), select)[name]", line);
}

function copy(button: HTMLElement): void {
  const host = button.closest<HTMLElement>("[data-lines]");
  const line = button.closest<HTMLElement>("[data-line]");
  if (!host || !line) return;
  const made = addLine(host, line);
  const from = fieldsOf(line);
  // Custom elements of the new line start in a microtask; values follow them.
  setTimeout(() => {
    fieldsOf(made).forEach((field, at) => {
      const source = from[at];
      if (source) copyValue(source, field);
    });
    totals(host);
  });
}

function copyValue(source: HTMLInputElement | HTMLSelectElement, field: HTMLInputElement | HTMLSelectElement): void {
  if (!(source instanceof HTMLSelectElement)) {
    field.value = source.value;
    return;
  }
  const detail = [...source.selectedOptions].filter((option) => option.value)
    .map((option) => ({ value: option.value, label: option.text.trim() }));
  const host = field.closest("fs-lookup, fs-select");
  if (host) host.dispatchEvent(new CustomEvent("fs:restore", { detail }));
  else field.value = source.value;
}

/** A line the server knows is marked; one it does not know goes at once. */
function drop(button: HTMLElement): void {
  const host = button.closest<HTMLElement>("[data-lines]");
  const line = button.closest<HTMLElement>("[data-line]");
  if (!host || !line) return;
  const known = one<HTMLInputElement>("input[data-line-id]", line)?.value;
  const mark = one<HTMLInputElement>("input[data-line-delete]", line);
  const lines = all("[data-line]:not([hidden])", host);
  const neighbour = lines[lines.indexOf(line) + 1] ?? lines[lines.indexOf(line) - 1];
  if (known && mark) {
    mark.value = "1";
    line.hidden = true;
  } else {
    if (line.nextElementSibling?.matches("[data-line-errors]")) line.nextElementSibling.remove();
    line.remove();
  }
  renumber(host);
  totals(host);
  host.dispatchEvent(new Event("change", { bubbles: true }));
  (one("[data-drop-line]", neighbour ?? host) ?? one("[data-add-line]", host))?.focus();
}

function renumber(host: HTMLElement): void {
  const table = host.dataset.lines ?? "";
  const start = `${table}.`;
  let shown = 0;
  all("[data-line]", host).forEach((line, at) => {
    for (const field of all<HTMLInputElement>(`:is([name^="${CSS.escape(start)}"], [data-depends^="${CSS.escape(start)}"], [data-field^="${CSS.escape(start)}"])`, line)) {
      for (const attribute of ["name", "data-depends", "data-field"]) {
        const name = field.getAttribute(attribute);
        if (name) field.setAttribute(attribute, name.replace(/^([^.]+)\.[^.]+\./, `$1.${at}.`));
      }
    }
    const number = one("[data-line-number]", line);
    if (!line.hidden) shown += 1;
    if (number) number.textContent = String(shown);
  });
  const words = one("[data-line-count]", host);
  if (words) words.textContent = shown ? tn("%(count)s line", "%(count)s lines", shown) : "";
  const none = one("[data-no-lines]", host);
  if (none) none.hidden = shown > 0;
}

export function totals(host: HTMLElement): void {
  for (const total of all("[data-total]", host)) {
    const column = total.dataset.total ?? "";
    let sum = 0;
    for (const line of all("[data-line]:not([hidden])", host)) {
      const cell = one(`[data-column="${CSS.escape(column)}"]`, line);
      const field = cell ? one<HTMLInputElement>("input:not([type=hidden])", cell) : null;
      sum += Number(ungroup(field?.value ?? rawOf(cell))) || 0;
    }
    const text = group(Math.abs(sum).toFixed(Number(total.dataset.scale ?? 2)));
    total.textContent = `${sum < 0 ? "-" : ""}${total.dataset.unit ?? ""}${text}`;
  }
}

/** What a cell shows that nobody types. */
function rawOf(cell: HTMLElement | null): string {
  return (cell && one("[data-raw]", cell)?.dataset.raw) ?? cell?.dataset.raw ?? "";
}

function focusFirst(line: HTMLElement): void {
  setTimeout(() => {
    const field = fieldsOf(line)[0] as (HTMLElement & { tomselect?: { focus: () => void } }) | undefined;
    if (field?.tomselect) field.tomselect.focus();
    else field?.focus();
  }, 50);
}
