// Icon and colour of an object, seen while they are chosen; parts of the form shown by a choice.

import { all, icon, on, one } from "../lib/dom";

export function startLook(): void {
  on("change", "input[name=icon], input[name=color]", (_, input) => {
    const form = input.closest("form");
    const sample = form ? one("[data-sample]", form) : null;
    if (!form || !sample) return;
    const chosen = new FormData(form);
    const mark = document.createElement("span");
    mark.className = `st-obj st-obj-l st-${String(chosen.get("color") ?? "gray")}`;
    mark.setAttribute("aria-hidden", "true");
    mark.append(icon(String(chosen.get("icon") ?? "box")));
    sample.replaceChildren(mark);
  });
  on("change", "[data-shows]", (_, input) => {
    for (const part of all("[data-shown]", input.closest("form") ?? document)) {
      part.hidden = part.dataset.shown !== input.dataset.shows;
    }
  });
}
