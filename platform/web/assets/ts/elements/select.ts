// <fs-select> around a <select>: typing narrows a long or multiple picklist.

import { chosen, picker, type TomSelect } from "./tom";

export class Select extends HTMLElement {
  private tom: TomSelect | undefined;

  connectedCallback(): void {
    const select = this.querySelector("select");
    if (!select || this.tom) return;
    const create = (word: string): object => ({ value: word.trim(), label: word.trim() });
    const more = { options: chosen(select), create: select.hasAttribute("data-create") && create };
    this.tom = picker(select, more as Parameters<typeof picker>[1]);
    // Another field changed which options there are, or a draft came back.
    select.addEventListener("fs:options", () => {
      this.tom?.clearOptions();
      this.tom?.addOptions(chosen(select));
      this.tom?.sync();
    });
    this.addEventListener("fs:restore", (event) => {
      this.tom?.setValue((event as CustomEvent<{ value: string }[]>).detail.map((choice) => choice.value));
    });
  }

  disconnectedCallback(): void {
    this.tom?.destroy();
    this.tom = undefined;
  }
}
