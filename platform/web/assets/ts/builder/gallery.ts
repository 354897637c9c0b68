// The gallery of field types, narrowed by what is typed; Enter takes the only one left.

import { all, on, one } from "../lib/dom";

export function startGallery(): void {
  on("input", "[data-gallery-search]", (_, input) => narrow(input as HTMLInputElement));
  on("keydown", "[data-gallery-search]", (event, input) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const left = all("[data-words]:not([hidden]) a", galleryOf(input));
    if (left.length === 1) left[0]?.click();
  });
}

function galleryOf(input: HTMLElement): HTMLElement {
  return input.closest<HTMLElement>("[data-gallery]") ?? document.body;
}

function narrow(input: HTMLInputElement): void {
  const gallery = galleryOf(input);
  const wanted = input.value.trim().toLowerCase();
  for (const family of all("[data-family]", gallery)) {
    const cards = all("[data-words]", family);
    for (const card of cards) card.hidden = !(card.dataset.words ?? "").includes(wanted);
    family.hidden = cards.every((card) => card.hidden);
  }
  const none = one("[data-gallery-none]", gallery);
  if (none) none.hidden = all("[data-words]:not([hidden])", gallery).length > 0;
}
