// The error summary: it has the focus when the page comes back, and its links reach the field.

import { on, one } from "./dom";

export function startProblems(): void {
  one("[data-summary]")?.focus();
  on("click", "[data-summary] a[href^='#']", (event, link) => {
    const field = document.getElementById(link.getAttribute("href")?.slice(1) ?? "");
    if (!field) return;
    event.preventDefault();
    field.closest("details")?.setAttribute("open", "");
    reach(field);
  });
}

type Dressed = HTMLElement & { tomselect?: { focus: () => void } };

function reach(field: Dressed): void {
  const place = field.closest(".st-field") ?? field;
  place.scrollIntoView({ block: "center" });
  if (field.tomselect) return field.tomselect.focus();
  const target = field.matches("input, select, textarea") && field.offsetParent !== null ? field
    : one("input:not([type=hidden]), select, textarea, trix-editor", place);
  target?.focus({ preventScroll: true });
}
