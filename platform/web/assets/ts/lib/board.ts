// The board of a list: cards are dragged, moved with the keyboard or by a menu. A move is one request;
// a refusal puts the card back and says why.

import htmx from "htmx.org";
import Sortable from "sortablejs";
import { all, isPhone, on, one } from "./dom";
import { place } from "./popovers";
import { t } from "./text";

interface Move {
  card: HTMLElement;
  from: HTMLElement;
  before: Element | null;
  to: HTMLElement;
}

const ARROWS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1 };
let lifted: Move | null = null;
let waiting: Move | null = null;
let chosen: HTMLElement | null = null;
let started = false;

export function startBoard(): void {
  if (!started) listen();
  started = true;
  one("[data-board]")?.setAttribute("data-ready", "");
  if (isPhone()) return;
  for (const cards of all("[data-board] [data-cards]")) {
    if (Sortable.get(cards)) continue;
    Sortable.create(cards, {
      group: { name: "cards", put: () => "open" in (laneOf(cards)?.dataset ?? {}) },
      sort: false,
      draggable: ".st-kc[data-move]",
      forceFallback: true,
      fallbackOnBody: true,
      fallbackTolerance: 4,
      animation: 120,
      ghostClass: "is-slot",
      fallbackClass: "is-drag",
      scroll: true,
      bubbleScroll: true,
      onEnd: (event) => {
        if (event.from === event.to) return;
        void send({ card: event.item, from: event.from, before: next(event), to: event.to });
      },
    });
  }
}

/** What stood after the card before it was taken out. */
function next(event: Sortable.SortableEvent): Element | null {
  return event.from.children[event.oldIndex ?? 0] ?? null;
}

function laneOf(inside: Element): HTMLElement | null {
  return inside.closest<HTMLElement>("[data-lane]");
}

function listen(): void {
  document.addEventListener("keydown", pressed, { capture: true });
  on("focusout", "[data-grip]", () => lifted && setTimeout(() => lifted && !lifted.card.contains(document.activeElement) && drop(false)));
  on("click", "[data-grip], [data-stages]", (_, button) => offer(button));
  on("click", "#stages [data-to]", (_, button) => {
    one("#stages")?.hidePopover();
    const lane = lanes().find((each) => each.dataset.lane === button.dataset.to);
    if (chosen && lane) into(chosen, lane);
  });
  on("click", "[data-dismiss]", (_, button) => button.closest("#board-answer")?.replaceChildren());
  document.addEventListener("htmx:after:swap", () => {
    const dialog = one<HTMLDialogElement>("#board-ask");
    if (!dialog || dialog.open) return;
    dialog.showModal();
    one("[aria-invalid=true], .form-control, .form-select", dialog)?.focus();
    dialog.addEventListener("close", () => finish(dialog.dataset.done !== undefined));
  });
  document.addEventListener("htmx:after:request", (event) => {
    const { sourceElement, response } = event.detail.ctx;
    const dialog = one<HTMLDialogElement>("#board-ask");
    if (!dialog?.contains(sourceElement)) return;
    if (!response || response.status === 422) return; // Asked again, with what is wrong.
    if (response.status === 200) dialog.dataset.done = "";
    dialog.close();
  });
}

function lanes(): HTMLElement[] {
  return all("[data-board] [data-lane]");
}

function offer(button: HTMLElement): void {
  const menu = one("#stages");
  chosen = button.closest<HTMLElement>(".st-kc");
  if (!menu || !chosen || lifted) return;
  const heading = one("[data-of]", menu);
  if (heading) heading.textContent = chosen.dataset.name ?? "";
  for (const item of all("[data-to]", menu)) {
    const here = item.dataset.to === laneOf(chosen ?? menu)?.dataset.lane;
    item.toggleAttribute("disabled", here);
  }
  menu.showPopover();
  place(menu, button);
  one("[data-to]:not([disabled])", menu)?.focus();
}

function pressed(event: KeyboardEvent): void {
  const card = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-board] .st-kc[data-move]") : null;
  if (!card || event.ctrlKey || event.metaKey || event.altKey) return;
  const grip = (event.target as Element).closest("[data-grip]");
  if (lifted) held(event);
  else if (grip && (event.key === "Enter" || event.key === " ")) lift(card);
  else if (event.shiftKey && event.key in ARROWS) {
    const lane = beside(card, ARROWS[event.key] ?? 0);
    if (!lane) return;
    into(card, lane);
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

function held(event: KeyboardEvent): void {
  if (!lifted) return;
  if (event.key === "Enter" || event.key === " ") return drop(true);
  if (event.key === "Escape" || event.key === "Tab") return drop(false);
  const lane = event.key in ARROWS ? beside(lifted.card, ARROWS[event.key] ?? 0) : null;
  if (!lane) return;
  const cards = one("[data-cards]", lane);
  if (!cards) return;
  cards.prepend(lifted.card);
  lifted.to = cards;
  lifted.card.scrollIntoView({ block: "nearest", inline: "nearest" });
  grip(lifted.card)?.focus({ preventScroll: true });
  say(t("%(name)s over %(column)s", words(lifted.card, lane)));
}

function beside(card: HTMLElement, step: number): HTMLElement | null {
  const every = lanes().filter((lane) => "open" in lane.dataset || lane.contains(card));
  const at = every.findIndex((lane) => lane.contains(card));
  return every[at + step] ?? null;
}

function lift(card: HTMLElement): void {
  const from = card.closest<HTMLElement>("[data-cards]");
  if (!from || waiting) return;
  lifted = { card, from, before: card.nextElementSibling, to: from };
  card.classList.add("is-lifted");
  grip(card)?.setAttribute("aria-pressed", "true");
  say(t("%(name)s lifted. Arrow keys move it, Enter drops it, Esc puts it back.", words(card, card)));
}

function drop(keep: boolean): void {
  const move = lifted;
  if (!move) return;
  lifted = null;
  move.card.classList.remove("is-lifted");
  grip(move.card)?.removeAttribute("aria-pressed");
  if (keep && move.to !== move.from) return void send(move);
  back(move);
  say(t("%(name)s put back", words(move.card, move.card)));
}

function into(card: HTMLElement, lane: HTMLElement): void {
  const from = card.closest<HTMLElement>("[data-cards]");
  const to = one("[data-cards]", lane);
  if (!from || !to || from === to || waiting) return;
  const move = { card, from, before: card.nextElementSibling, to };
  to.prepend(card);
  void send(move);
}

async function send(move: Move): Promise<void> {
  if (waiting) return back(move);
  waiting = move;
  const { card } = move;
  card.setAttribute("aria-busy", "true");
  one("#board-answer")?.replaceChildren();
  const values = { was: card.dataset.card ?? "", to: laneOf(move.to)?.dataset.lane ?? "" };
  let status = 0;
  const watch = (event: Event): void => {
    status = (event as HTMLElementEventMap["htmx:after:request"]).detail.ctx.response?.status ?? 0;
  };
  card.addEventListener("htmx:after:request", watch, { once: true });
  await htmx.ajax("POST", card.dataset.move ?? "", { source: card, target: "#board-answer", swap: "innerHTML", values } as never).catch(() => undefined);
  card.removeEventListener("htmx:after:request", watch);
  if (one("#board-ask")) return; // It asks for what is missing; closing the dialog goes on.
  finish(status === 200, status === 409 || status === 404);
}

/** `settled`: the answer has put the card where it belongs. */
function finish(saved: boolean, settled = false): void {
  const move = waiting;
  waiting = null;
  one("#board-ask")?.remove();
  if (!move) return;
  if (!saved && !settled) back(move);
  const card = document.getElementById(move.card.id) ?? move.card;
  card.removeAttribute("aria-busy");
  if (saved && move.to.closest(".st-fold")) card.remove();
  const focused = one(`#${CSS.escape(move.card.id)} [data-grip]`);
  if (focused && focused.offsetParent !== null) focused.focus();
}

function back({ card, from, before }: Move): void {
  from.insertBefore(card, before?.parentElement === from ? before : null);
  grip(card)?.focus({ preventScroll: true });
}

function grip(card: HTMLElement): HTMLElement | null {
  return one("[data-grip]", card);
}

function words(card: HTMLElement, at: HTMLElement): Record<string, string> {
  return { name: card.dataset.name ?? "", column: laneOf(at)?.dataset.label ?? "" };
}

function say(text: string): void {
  const live = one("#board-live");
  if (live) live.textContent = text;
}
