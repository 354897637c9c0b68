// Toasts: past-tense facts at the bottom left. Hover or focus stops the clock.

import { all, icon, make, one } from "./dom";
import { t, tn } from "./text";

export interface Toast {
  text: string;
  icon?: string;
  /** POSTed to take the action back. */
  undo_url?: string;
  seconds?: number;
}

const SECOND = 1000;

export function startToasts(): void {
  all(".st-toast").forEach(count);
  // The server answers a fragment with HX-Trigger: {"fs:toast": {…}}.
  document.addEventListener("fs:toast", (event) => toast((event as CustomEvent<Toast>).detail));
}

export function toast(what: Toast): void {
  const region = one("#toasts");
  if (!region) return;
  const seconds = what.seconds ?? (what.undo_url ? 10 : 5);
  const box = make("div", { class: "st-toast", "data-seconds": String(seconds) });
  box.append(icon(what.icon ?? "circle-check"), make("span", {}, what.text));
  if (what.undo_url) box.append(undoForm(what.undo_url));
  box.append(make("span", { class: "st-count", "aria-hidden": "true" }));
  region.replaceChildren(box);
  count(box);
}

function undoForm(url: string): HTMLFormElement {
  const token = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
  return make("form", { method: "post", action: url },
    make("input", { type: "hidden", name: "csrf_token", value: token }),
    make("button", { type: "submit" }, t("Undo")));
}

function count(box: HTMLElement): void {
  let left = Number(box.dataset.seconds ?? 5);
  const shown = one(".st-count", box);
  const tick = (): void => {
    if (!box.isConnected) return;
    if (!box.matches(":hover, :focus-within")) left -= 1;
    if (left <= 0) return box.remove();
    show();
    setTimeout(tick, SECOND);
  };
  const show = (): void => {
    if (shown) shown.textContent = tn("%(count)s s", "%(count)s s", left);
  };
  show();
  setTimeout(tick, SECOND);
}
