// Menus and panels are native popovers; this places them by their button and lets arrows move.

import { all, isPhone, on, one } from "./dom";

const GAP = 4;
const EDGE = 8;

export function startPopovers(): void {
  document.addEventListener("toggle", (event) => {
    const panel = event.target;
    if (!(panel instanceof HTMLElement) || !panel.matches("[popover]:not([popover=manual])")) return;
    const open = event.newState === "open";
    const button = buttonOf(panel);
    button?.setAttribute("aria-expanded", String(open));
    if (!open) return;
    if (button) place(panel, button);
    one("[autofocus], .st-menu-i", panel)?.focus({ preventScroll: true });
  }, true);
  on("keydown", ".st-menu", (event, menu) => moveIn(menu, event));
  on("click", "[data-close-popover]", (_, element) => element.closest<HTMLElement>("[popover]")?.hidePopover());
}

function buttonOf(panel: HTMLElement): HTMLElement | undefined {
  return all(`[popovertarget="${panel.id}"]`).find((button) => button.offsetParent !== null);
}

export function place(panel: HTMLElement, button: HTMLElement): void {
  if (isPhone()) return;
  const from = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = panel;
  const roomBelow = innerHeight - from.bottom;
  const above = roomBelow < height + EDGE && from.top > roomBelow;
  const start = from.left + width + EDGE > innerWidth ? from.right - width : from.left;
  panel.style.left = `${Math.max(EDGE, start)}px`;
  panel.style.top = `${above ? Math.max(EDGE, from.top - height - GAP) : from.bottom + GAP}px`;
}

function moveIn(menu: HTMLElement, event: KeyboardEvent): void {
  const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
  const step = steps[event.key];
  if (!step) return;
  const items = all(".st-menu-i", menu);
  const at = items.indexOf(document.activeElement as HTMLElement);
  items[(at + step + items.length) % items.length]?.focus();
  event.preventDefault();
}
