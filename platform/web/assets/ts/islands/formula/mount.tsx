// Puts an editor over every textarea[data-formula]; without script the textarea does all of it.

import { signal } from "@preact/signals";
import { render } from "preact";
import { all, hasMouse, isPhone } from "../../lib/dom";
import type { Place, Trial } from "./api";
import { CodeEditor } from "./editor";
import { Inline, offerRecord } from "./inline";
import { Keys } from "./keys";
import { PlainEditor } from "./plain";
import { Sheet } from "./sheet";
import { Status } from "./status";
import { Bench } from "./trial";

export interface Mounted {
  sheet: Sheet;
  editor: CodeEditor | PlainEditor;
  host: HTMLElement;
}

const mounted = new Map<HTMLTextAreaElement, Mounted>();

/** What was being written in the editors that a redrawn form took away, by the textarea's id. */
const written = new Map<string, string>();
let inHand = { id: "", caret: 0 };

/** Before a form is drawn anew: where the caret is, to put it back. */
export function noteCaret(): void {
  inHand = { id: "", caret: 0 };
  for (const [textarea, { editor, sheet }] of mounted) {
    if (editor instanceof CodeEditor && editor.view.hasFocus) inHand = { id: textarea.id, caret: sheet.caret.value };
  }
}

/** A form that is drawn anew holds what was posted; what was typed since then is newer. */
export function mountAll(): void {
  for (const [textarea, each] of mounted) {
    if (isWhole(textarea, each)) continue;
    written.set(textarea.id, each.sheet.text.value);
    unmount(textarea, each);
  }
  for (const textarea of all<HTMLTextAreaElement>("textarea[data-formula]")) {
    const known = mounted.get(textarea);
    if (known) textarea.value = known.sheet.text.value;
    else if (!textarea.closest("template")) again(textarea);
  }
  written.clear();
}

function again(textarea: HTMLTextAreaElement): void {
  textarea.value = written.get(textarea.id) ?? textarea.value;
  const { editor, sheet } = mount(textarea);
  if (inHand.id !== textarea.id || !written.has(textarea.id)) return;
  const caret = Math.min(inHand.caret, sheet.text.value.length);
  editor.select({ from: caret, to: caret });
}

/** Drawing a form anew takes away what we put beside its textareas. */
function isWhole(textarea: HTMLTextAreaElement, each: Mounted): boolean {
  const there = !(each.editor instanceof CodeEditor) || each.editor.view.dom.isConnected;
  return textarea.isConnected && there && each.host.isConnected;
}

export function mount(textarea: HTMLTextAreaElement, trial?: () => Trial | null): Mounted {
  const sheet = new Sheet(textarea.value, () => placeOf(textarea));
  const plain = isPhone() && !hasMouse();
  const host = document.createElement("div");
  host.className = "fx-host";
  textarea.after(host);
  const large = textarea.dataset.formula === "large";
  const bench = large ? null : new Bench(sheet);
  const asked = trial ?? (bench ? () => bench.trial.value : undefined);
  const editor = plain ? new PlainEditor(textarea, sheet) : new CodeEditor(textarea, sheet, { large, ...(asked ? { trial: asked } : {}) });
  const words = document.createElement("div");
  host.append(words);
  render(<>{plain && <Keys sheet={sheet} />}<Status sheet={sheet} /></>, words);
  if (bench) startInline(host, bench);
  textarea.form?.addEventListener("change", (event) => {
    if (event.target !== textarea) sheet.later(0);
  });
  const found = { sheet, editor, host };
  mounted.set(textarea, found);
  return found;
}

/** In a form: the record, the value on it, and what may be written. */
function startInline(host: HTMLElement, bench: Bench): void {
  const record = document.createElement("div");
  record.className = "fx-inlinerecord";
  const rest = document.createElement("div");
  host.append(record, rest);
  render(<Inline bench={bench} named={signal("")} />, rest);
  void offerRecord(record, bench.sheet.place(), bench);
}

function unmount(textarea: HTMLTextAreaElement, each: Mounted): void {
  for (const part of each.host.children) render(null, part);
  each.host.remove();
  each.editor.destroy();
  mounted.delete(textarea);
}

/** data-…-from names the input of the same form that says it. */
export function placeOf(textarea: HTMLTextAreaElement): Place {
  const { object = "", usage = "formula", recordObject = "", draft = "" } = textarea.dataset;
  const scale = said(textarea, "scale");
  const place: Place = { object, usage, draft: draft === "true", returns: said(textarea, "returns"), blanks: said(textarea, "blanks") };
  if (recordObject) place.record_object = recordObject;
  if (/^\d{1,2}$/.test(scale)) place.scale = Number(scale);
  return place;
}

function said(textarea: HTMLTextAreaElement, what: string): string {
  const name = textarea.dataset[`${what}From`];
  const input = name ? textarea.form?.elements.namedItem(name) : null;
  if (input instanceof HTMLSelectElement || input instanceof HTMLInputElement) return input.value;
  return textarea.dataset[what] ?? "";
}
