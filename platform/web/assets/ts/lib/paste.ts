// Cells copied from a spreadsheet, pasted into the lines of a form: from the field that has the
// focus on, or through the "Paste from Excel" dialog as new lines.

import type { Lookup } from "../elements/lookup";
import { all, on, one } from "./dom";
import { addLine, fieldsOf, totals } from "./lines";

export function startPaste(): void {
  on("paste", "[data-lines] [data-line] input", (event, field) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const host = field.closest<HTMLElement>("[data-lines]");
    const line = field.closest<HTMLElement>("[data-line]");
    if (!host || !line || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const first = fieldsOf(line).findIndex((candidate) => candidate === field || candidate.parentElement?.contains(field));
    pour(host, cells(text), lines(host).indexOf(line), Math.max(0, first));
  });
  on("submit", "form[data-paste]", (event, form) => {
    event.preventDefault();
    const host = one(`[data-lines="${CSS.escape(form.dataset.paste ?? "")}"]`);
    const area = one<HTMLTextAreaElement>("textarea", form);
    if (!host || !area) return;
    pour(host, cells(area.value), firstEmpty(host), 0);
    area.value = "";
    form.closest("dialog")?.close();
  });
}

function cells(text: string): string[][] {
  return text.replace(/\r/g, "").replace(/\n+$/, "").split("\n").map((row) => row.split("\t").map((cell) => cell.trim()));
}

function lines(host: HTMLElement): HTMLElement[] {
  return all("[data-line]:not([hidden])", host);
}

function firstEmpty(host: HTMLElement): number {
  const at = lines(host).findIndex((line) => fieldsOf(line).every((field) => !field.value));
  return at < 0 ? lines(host).length : at;
}

function pour(host: HTMLElement, rows: string[][], startLine: number, startField: number): void {
  const made = rows.map((_, at) => lines(host)[startLine + at] ?? addLine(host));
  // New custom elements start in a microtask.
  setTimeout(() => {
    rows.forEach((row, at) => {
      const fields = fieldsOf(made[at] as HTMLElement);
      row.forEach((text, column) => put(fields[startField + column], text));
    });
    totals(host);
    host.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

function put(field: HTMLInputElement | HTMLSelectElement | undefined, text: string): void {
  if (!field || !text) return;
  const lookup = field.closest<Lookup>("fs-lookup");
  if (lookup) return void lookup.chooseText(text);
  if (field instanceof HTMLSelectElement) {
    const option = [...field.options].find((candidate) => candidate.text.trim() === text);
    if (option) field.value = option.value;
  } else {
    field.value = text;
    field.dispatchEvent(new Event("blur"));
  }
  field.dispatchEvent(new Event("change", { bubbles: true }));
}
