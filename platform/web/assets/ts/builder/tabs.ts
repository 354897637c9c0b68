// Parts of one form behind tabs: all of them are posted, one is seen. Arrow keys move.

import { all, on, one } from "../lib/dom";

const STEPS: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1 };

export function startTabs(): void {
  on("click", "[data-tabs] [role=tab]", (_, tab) => choose(tab));
  on("keydown", "[data-tabs] [role=tab]", (event, tab) => {
    const step = STEPS[event.key];
    if (!step) return;
    const tabs = all("[role=tab]", tab.parentElement ?? document);
    const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
    if (next) choose(next);
    next?.focus();
    event.preventDefault();
  });
}

export function choose(tab: HTMLElement): void {
  for (const each of all("[role=tab]", tab.parentElement ?? document)) {
    const chosen = each === tab;
    each.setAttribute("aria-selected", String(chosen));
    each.tabIndex = chosen ? 0 : -1;
    const panel = one(`#${CSS.escape(each.getAttribute("aria-controls") ?? "")}`);
    if (panel) panel.hidden = !chosen;
  }
  // Where there is only something to read, there is nothing to save.
  const foot = one("[data-tabs-foot]");
  if (foot) foot.hidden = "reads" in tab.dataset;
}
