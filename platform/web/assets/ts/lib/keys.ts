// The keyboard map. An element with data-key="c" (or "g h") is clicked by that key; none of it
// fires while somebody types, except with Ctrl.

import { all, on } from "./dom";
import { openDialog } from "./dialogs";

const TYPING = "input:not([type=checkbox], [type=radio]), textarea, select, trix-editor, [contenteditable]";
const SEQUENCE_MS = 800;
let prefix = "";
let prefixTimer = 0;

export function startKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") return save(event);
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector("dialog[open], [popover]:popover-open")) return;
    if (event.key === "?") return void openDialog("keys");
    pressed(event);
  });
  on("click", "[data-key-sheet]", () => openDialog("keys"));
}

export function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(TYPING) !== null;
}

function pressed(event: KeyboardEvent): void {
  const key = prefix ? `${prefix} ${event.key}` : event.key;
  prefix = "";
  clearTimeout(prefixTimer);
  const element = visible(`[data-key="${CSS.escape(key)}"]`);
  if (element) {
    event.preventDefault();
    element.focus();
    element.click();
  } else if (/^[a-z]$/.test(event.key) && visible(`[data-key^="${event.key} "]`)) {
    prefix = event.key;
    prefixTimer = window.setTimeout(() => (prefix = ""), SEQUENCE_MS);
  }
}

/** The page's own before that of the frame around it. */
function visible(selector: string): HTMLElement | undefined {
  return all(selector).filter((element) => element.offsetParent !== null || element.getClientRects().length > 0).at(-1);
}

function save(event: KeyboardEvent): void {
  const inside = event.target instanceof Element ? event.target.closest<HTMLFormElement>("form[data-save]") : null;
  const form = inside ?? document.querySelector<HTMLFormElement>("form[data-save]");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit();
}
