// Draws the designer, and keeps the form's hidden input at what it shows.

import { effect } from "@preact/signals";
import { render } from "preact";
import { all, one } from "../../lib/dom";
import { Canvas } from "./canvas";
import { Palette } from "./palette";
import { Settings } from "./settings";
import { canRedo, canUndo, layout, redo, said, undo, type Props } from "./state";
import { Tools, Warning } from "./tools";

export function mount(place: HTMLElement): void {
  const props = JSON.parse(place.dataset["props"] ?? "{}") as Props;
  layout.value = props.layout;
  const form = place.closest("form");
  const input = one<HTMLInputElement>("input[name=layout]", form ?? document);
  let first = true;
  effect(() => {
    if (input) input.value = JSON.stringify(layout.value);
    if (!first) input?.dispatchEvent(new Event("change", { bubbles: true }));
    first = false;
  });
  place.replaceChildren();
  render(
    <>
      <Palette props={props} />
      <Canvas props={props} />
      <Settings props={props} />
      <p class="st-hide" aria-live="assertive">{said}</p>
    </>,
    place,
  );
  for (const tools of all("[data-ld-tools]")) render(<Tools />, tools);
  for (const warning of all("[data-ld-warn]")) render(<Warning props={props} />, warning);
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof Element && event.target.matches("input, textarea, select");
    if (typing || !(event.ctrlKey || event.metaKey)) return;
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey && canUndo.value) undo();
    else if ((key === "y" || (key === "z" && event.shiftKey)) && canRedo.value) redo();
    else return;
    event.preventDefault();
  });
}
