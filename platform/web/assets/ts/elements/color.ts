// <fs-color>: a swatch and its hexadecimal text, kept alike.

import { one } from "../lib/dom";

const HEX = /^#[0-9a-f]{6}$/i;

export class ColorField extends HTMLElement {
  connectedCallback(): void {
    const swatch = one<HTMLInputElement>("input[type=color]", this);
    const text = one<HTMLInputElement>("input[type=text]", this);
    if (!swatch || !text) return;
    swatch.addEventListener("input", () => {
      text.value = swatch.value;
      text.dispatchEvent(new Event("change", { bubbles: true }));
    });
    text.addEventListener("input", () => {
      if (HEX.test(text.value)) swatch.value = text.value.toLowerCase();
    });
  }
}
