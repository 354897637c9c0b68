// The search box and the command palette (Ctrl K): their code is loaded when somebody wants them.

import { on, one } from "./dom";

export function startFinder(): void {
  on("focusin", "[data-finder]", (_, input) => {
    void import("../finder/box").then(({ dress }) => dress(input as HTMLInputElement));
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== "k") return;
    if (!one("[data-palette]") || one("dialog[open]:not(#palette)")) return;
    event.preventDefault();
    open();
  });
  on("click", "[data-open-palette]", open);
}

let opener: (() => void) | undefined;

/** Once loaded it opens at once: what is typed next is meant for it. */
function open(): void {
  if (opener) return opener();
  void import("../finder/palette").then(({ openPalette }) => {
    opener = openPalette;
    openPalette();
  });
}
