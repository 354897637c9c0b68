// A form's draft stays in this browser until it is saved: written a second after typing, offered
// back when the same form is opened again, gone once the server took it.

import { all, icon, make, one } from "./dom";
import { addLine } from "./lines";
import { markSent, takeSent } from "./sent";
import { t } from "./text";

interface Draft {
  at: number;
  /** [name, value, shown text] of every field, in order. */
  fields: [string, string, string][];
}

const PREFIX = "fieldstone:draft:";
const PAUSE_MS = 1000;
const WEEK_MS = 7 * 24 * 3600 * 1000;
const FIELDS = "input:not([type=hidden], [type=file], [type=password]), select, textarea, fs-rich-text > input";

export function startDrafts(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-draft]");
  const sent = takeSent();
  const failed = document.querySelector("[data-summary]") !== null;
  if (sent && !(failed && form?.dataset.draft === sent)) localStorage.removeItem(PREFIX + sent);
  if (!form) return;
  const key = PREFIX + (form.dataset.draft ?? "");
  if (!failed) offer(form, key);
  let timer = 0;
  for (const type of ["input", "change"] as const) {
    form.addEventListener(type, () => {
      clearTimeout(timer);
      timer = window.setTimeout(() => keep(form, key), PAUSE_MS);
    });
  }
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    clearTimeout(timer);
    keep(form, key);
    markSent(form.dataset.draft ?? "");
  });
}

function keep(form: HTMLFormElement, key: string): void {
  const draft: Draft = { at: Date.now(), fields: read(form) };
  try {
    localStorage.setItem(key, JSON.stringify(draft));
  } catch {
    return; // No room or no permission: the form works without a draft.
  }
  const note = one("[data-draft-state]");
  if (note) note.replaceChildren(icon("cloud-check", "xs"), t("Draft saved %(time)s", { time: clock(draft.at) }));
}

function offer(form: HTMLFormElement, key: string): void {
  const draft = JSON.parse(localStorage.getItem(key) ?? "null") as Draft | null;
  if (!draft || Date.now() - draft.at > WEEK_MS) return localStorage.removeItem(key);
  const restore = make("button", { type: "button", class: "btn btn-default btn-s" }, t("Restore"));
  const drop = make("button", { type: "button", class: "btn btn-quiet btn-s" }, t("Discard"));
  const words = make("div", { class: "st-grow" },
    make("b", {}, t("There is a draft of this form from %(time)s.", { time: moment(draft.at) })));
  const note = make("div", { class: "st-note st-note-info", role: "status" }, icon("history"), words, drop, restore);
  one("[data-draft-offer]")?.replaceChildren(note);
  restore.addEventListener("click", () => {
    write(form, draft.fields);
    note.remove();
  });
  drop.addEventListener("click", () => {
    localStorage.removeItem(key);
    note.remove();
  });
}

function read(form: HTMLFormElement): [string, string, string][] {
  const fields: [string, string, string][] = [];
  for (const field of all<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>(FIELDS, form)) {
    if (!field.name) continue;
    if (field instanceof HTMLSelectElement) {
      for (const option of field.selectedOptions) fields.push([field.name, option.value, option.text.trim()]);
    } else if (field instanceof HTMLInputElement && /^(checkbox|radio)$/.test(field.type)) {
      if (field.checked) fields.push([field.name, field.value, ""]);
    } else {
      fields.push([field.name, field.value, ""]);
    }
  }
  return fields;
}

function write(form: HTMLFormElement, fields: [string, string, string][]): void {
  const byName = new Map<string, [string, string, string][]>();
  for (const field of fields) byName.set(field[0], [...(byName.get(field[0]) ?? []), field]);
  for (const name of byName.keys()) growLines(form, name);
  for (const field of all<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>(FIELDS, form)) {
    const found = byName.get(field.name) ?? [];
    const host = field.closest("fs-lookup, fs-select, fs-date");
    if (host) {
      const detail = found.filter(([, value]) => value).map(([, value, label]) => ({ value, label }));
      host.dispatchEvent(new CustomEvent("fs:restore", { detail }));
    } else if (field instanceof HTMLInputElement && /^(checkbox|radio)$/.test(field.type)) {
      field.checked = found.some(([, value]) => value === field.value);
    } else if (found[0]) {
      field.value = found[0][1];
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }
}

function growLines(form: HTMLFormElement, name: string): void {
  const [table, index] = name.split(".");
  const host = one(`[data-lines="${CSS.escape(table ?? "")}"]`, form);
  if (!host || index === undefined) return;
  while (all("[data-line]", host).length <= Number(index)) addLine(host);
}

function clock(at: number): string {
  return new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false });
}

function moment(at: number): string {
  const day = new Date(at);
  if (day.toDateString() === new Date().toDateString()) return clock(at);
  return day.toLocaleString(document.documentElement.lang, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false });
}
