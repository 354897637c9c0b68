// A form that reacts: when a field that others depend on changes, the server says which sections
// hold now and what untouched fields are given. Everything else stays as it is typed.
// [data-field] is marked [data-touched] once somebody changes it by hand.

import { all, one } from "./dom";
import { totals } from "./lines";

const TOUCHED = "_touched";

export function startState(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-save]");
  if (!form) return;
  const watch = (form.dataset.watch ?? "").split(" ").filter(Boolean);
  const asker = one("[data-state]", form);
  for (const type of ["input", "change"] as const) {
    form.addEventListener(type, (event) => {
      const name = (event.target as HTMLInputElement).name;
      if (!name) return;
      (event.target as Element).closest("[data-field]")?.setAttribute("data-touched", "");
      if (asker && isWatched(name, watch)) asker.dispatchEvent(new CustomEvent("fs:state"));
    });
  }
  form.addEventListener("formdata", (event) => {
    event.formData.append(TOUCHED, "");
    for (const field of all("[data-touched]", form)) event.formData.append(TOUCHED, field.dataset.field ?? "");
  });
  asker?.addEventListener("htmx:after:request", (event) => {
    const { response, text } = (event as HTMLElementEventMap["htmx:after:request"]).detail.ctx;
    if (response?.status === 200) take(form, text ?? "");
    else event.preventDefault(); // Signed out or gone: saving will tell, typing goes on.
  });
}

/** "lines.3.product" is "lines.*.product", and "address.city" a part of "address". */
function isWatched(name: string, watch: string[]): boolean {
  const plain = name.replace(/^([^.]+)\.\d+\./, "$1.*.");
  return watch.some((each) => plain === each || plain.startsWith(`${each}.`));
}

function take(form: HTMLFormElement, html: string): void {
  const answer = document.createElement("template");
  answer.innerHTML = html;
  for (const mark of all("i[data-section]", answer.content)) {
    const section = one(`section[data-section="${CSS.escape(mark.dataset.section ?? "")}"]`, form);
    if (section) show(section, "shown" in mark.dataset);
  }
  for (const field of all("[data-field]", answer.content)) {
    const here = one(`[data-field="${CSS.escape(field.dataset.field ?? "")}"]`, form);
    if (here && !("touched" in here.dataset) && !one(".dropdown-active", here)) exchange(here, field);
  }
  all("[data-lines]", form).forEach(totals);
  document.dispatchEvent(new CustomEvent("fs:added"));
}

/** Whoever stands in the field with nothing typed yet goes on standing there. */
function exchange(here: HTMLElement, field: HTMLElement): void {
  const focused = document.activeElement;
  const inside = here.contains(focused);
  here.replaceWith(field);
  const control = inside && focused?.id ? document.getElementById(focused.id) : null;
  control?.focus();
  if (control instanceof HTMLInputElement) control.select();
}

/** Fields of a hidden section keep what is typed and are not sent. */
function show(section: HTMLElement, shown: boolean): void {
  section.hidden = !shown;
  const fields = one<HTMLFieldSetElement>("fieldset", section);
  if (fields) fields.disabled = !shown;
}
