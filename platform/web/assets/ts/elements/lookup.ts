// <fs-lookup url="/lookup/…"> around a <select>: searches records on the server while one types.

import { getJson } from "../lib/http";
import { chosen, picker, type Choice, type TomSelect } from "./tom";

export class Lookup extends HTMLElement {
  private tom: TomSelect | undefined;

  connectedCallback(): void {
    const select = this.querySelector("select");
    if (!select || this.tom) return;
    this.tom = picker(select, {
      options: chosen(select),
      searchField: [],
      preload: "focus",
      loadThrottle: 200,
      load: (query: string, done: (found: Choice[]) => void) => {
        this.find(query).then((found) => {
          this.tom?.clearOptions((option) => this.tom?.items.includes((option as Choice).value) ?? false);
          done(found);
        }, () => done([]));
      },
    } as Parameters<typeof picker>[1]);
    this.addEventListener("fs:restore", (event) => this.choose((event as CustomEvent<Choice[]>).detail));
  }

  disconnectedCallback(): void {
    this.tom?.destroy();
    this.tom = undefined;
  }

  find(query: string): Promise<Choice[]> {
    return getJson<Choice[]>(this.getAttribute("url") ?? "", { q: query });
  }

  /** Chooses by words, as when pasted from a sheet: an exact label, else the only match. */
  async chooseText(text: string): Promise<void> {
    const found = await this.find(text);
    const match = found.find((choice) => choice.label === text) ?? (found.length === 1 ? found[0] : undefined);
    if (match) this.choose([match]);
  }

  choose(choices: Choice[]): void {
    for (const choice of choices) this.tom?.addOption(choice);
    this.tom?.setValue(choices.map((choice) => choice.value));
  }

  /** Another target: what was chosen no longer fits. */
  pointAt(url: string): void {
    this.setAttribute("url", url);
    this.tom?.clear();
    this.tom?.clearOptions();
    if (this.tom) this.tom.wrapper.classList.remove("preloaded");
  }
}
