// Dependent picklists: an option whose data-when does not list the controlling value is taken out.

import { all, on } from "./dom";

const originals = new WeakMap<HTMLSelectElement, HTMLOptionElement[]>();

export function startDependents(): void {
  refresh();
  document.addEventListener("fs:added", refresh);
  on("change", "select, input", (_, control) => {
    const name = (control as HTMLInputElement).name;
    if (name) dependents(name).forEach(narrow);
  });
}

function refresh(): void {
  all<HTMLSelectElement>("select[data-depends]").forEach(narrow);
}

function dependents(name: string): HTMLSelectElement[] {
  return all<HTMLSelectElement>(`select[data-depends="${CSS.escape(name)}"]`);
}

function narrow(select: HTMLSelectElement): void {
  const every = originals.get(select) ?? [...select.options];
  originals.set(select, every);
  const control = select.form?.elements.namedItem(select.dataset.depends ?? "");
  const value = control && "value" in control ? String(control.value) : "";
  const kept = new Set([...select.selectedOptions].map((option) => option.value));
  const fitting = every.filter((option) => fits(option, value));
  select.replaceChildren(...fitting);
  for (const option of fitting) option.selected = kept.has(option.value);
  if (!select.multiple && !fitting.some((option) => option.selected)) select.value = "";
  select.dispatchEvent(new CustomEvent("fs:options"));
  if (fitting.filter((option) => option.selected).length !== kept.size) {
    select.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function fits(option: HTMLOptionElement, value: string): boolean {
  const when = option.dataset.when;
  return !when || !option.value || when.split(" ").includes(value);
}
