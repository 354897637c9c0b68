// <fs-region>: province, city, district. Each list is asked for when its turn comes; the hidden
// input holds the deepest code chosen.

import { all, make, one } from "../lib/dom";
import { getJson } from "../lib/http";

interface Place {
  code: string;
  label: string;
}

export class Region extends HTMLElement {
  connectedCallback(): void {
    const levels = all<HTMLSelectElement>("select", this);
    levels.forEach((level, at) => {
      const fill = (): void => void this.fill(levels, at);
      level.addEventListener("focus", fill, { once: true });
      level.addEventListener("pointerdown", fill, { once: true });
      level.addEventListener("change", () => void this.changed(levels, at));
    });
  }

  private async fill(levels: HTMLSelectElement[], at: number): Promise<void> {
    const level = levels[at];
    const parent = at === 0 ? "" : levels[at - 1]?.value;
    if (!level || parent === undefined || (at > 0 && !parent) || level.dataset.parent === parent) return;
    level.dataset.parent = parent;
    const places = await getJson<Place[]>("/regions", { parent });
    const kept = level.value;
    const blank = level.options[0];
    level.replaceChildren(...(blank ? [blank] : []), ...places.map((place) => make("option", { value: place.code }, place.label)));
    level.value = kept;
  }

  private async changed(levels: HTMLSelectElement[], at: number): Promise<void> {
    for (const level of levels.slice(at + 1)) {
      const blank = level.options[0];
      level.replaceChildren(...(blank ? [blank] : []));
      level.disabled = true;
      delete level.dataset.parent;
    }
    const chosen = levels.filter((level) => level.value).at(-1);
    const hidden = one<HTMLInputElement>("input[type=hidden]", this);
    if (hidden) hidden.value = chosen?.value ?? "";
    const next = levels[at + 1];
    if (!next || !levels[at]?.value) return;
    next.disabled = false;
    await this.fill(levels, at + 1);
  }
}
