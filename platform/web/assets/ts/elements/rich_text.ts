// <fs-rich-text> around a <textarea>: Trix, in the page's language, without attachments.

import Trix from "trix";
import sheet from "../../css/rich_text.css";
import { adopt, make } from "../lib/dom";
import { t } from "../lib/text";

adopt(sheet);
Object.assign(Trix.config.lang, {
  bold: t("Bold"),
  bullets: t("Bullets"),
  code: t("Code"),
  heading1: t("Heading"),
  indent: t("Indent"),
  italic: t("Italic"),
  link: t("Link"),
  numbers: t("Numbers"),
  outdent: t("Outdent"),
  quote: t("Quote"),
  redo: t("Redo"),
  remove: t("Remove"),
  strike: t("Strike through"),
  undo: t("Undo"),
  unlink: t("Unlink"),
  url: t("Address"),
  urlPlaceholder: t("Enter an address…"),
});

export class RichText extends HTMLElement {
  connectedCallback(): void {
    const area = this.querySelector("textarea");
    if (!area || area.hidden) return;
    const store = make("input", { type: "hidden", name: area.name, id: `${area.id}-html`, value: area.value });
    const editor = make("trix-editor" as "div", { input: store.id });
    for (const name of ["aria-label", "aria-labelledby", "aria-describedby", "aria-invalid"]) {
      const value = area.getAttribute(name);
      if (value) editor.setAttribute(name, value);
    }
    area.removeAttribute("name");
    area.hidden = true;
    this.append(store, editor);
    this.addEventListener("trix-file-accept", (event) => event.preventDefault());
    this.addEventListener("trix-change", () => this.dispatchEvent(new Event("input", { bubbles: true })));
    area.labels.forEach((label) => label.addEventListener("click", () => editor.focus()));
  }
}
