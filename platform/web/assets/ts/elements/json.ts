// <fs-json> around a <textarea>: says while one types whether it is JSON, and where not.

import { one } from "../lib/dom";
import { t } from "../lib/text";

export class JsonField extends HTMLElement {
  connectedCallback(): void {
    const area = this.querySelector("textarea");
    area?.addEventListener("input", () => this.check(area));
  }

  private check(area: HTMLTextAreaElement): void {
    const hint = one("[data-hint]", this);
    if (!hint) return;
    const fault = faultOf(area.value);
    hint.textContent = fault ?? t("Valid JSON");
    hint.className = fault === null ? "st-help st-ok" : "st-help st-bad";
    area.setAttribute("aria-invalid", String(fault !== null));
  }
}

function faultOf(text: string): string | null {
  if (!text.trim()) return null;
  try {
    JSON.parse(text);
    return null;
  } catch (fault) {
    const place = /position (\d+)/.exec(String(fault))?.[1];
    if (place === undefined) return t("Not valid JSON");
    return t("Not valid JSON near line %(line)s", { line: text.slice(0, Number(place)).split("\n").length });
  }
}
