// <fs-upload>: files and images, dropped or chosen, sent at once with progress; the form carries
// their ids. Without `multiple` a new file takes the place of the old one.

import { all, icon, make, one, on } from "../lib/dom";
import { upload, type StoredFile } from "../lib/http";
import { t } from "../lib/text";

on("click", "[data-remove-file]", (_, button) => {
  const host = button.closest<Upload>("fs-upload");
  button.closest(".st-file")?.remove();
  host?.changed();
});

export class Upload extends HTMLElement {
  private get list(): HTMLElement {
    return one(".st-files", this) ?? this;
  }

  connectedCallback(): void {
    const chooser = one<HTMLInputElement>("input[type=file]", this);
    const zone = one(".st-drop-zone", this);
    chooser?.addEventListener("change", () => {
      void this.take([...(chooser.files ?? [])]);
      chooser.value = "";
    });
    zone?.addEventListener("dragover", (event) => {
      event.preventDefault();
      zone.classList.add("is-over");
    });
    zone?.addEventListener("dragleave", () => zone.classList.remove("is-over"));
    zone?.addEventListener("drop", (event) => {
      event.preventDefault();
      zone.classList.remove("is-over");
      void this.take([...(event.dataTransfer?.files ?? [])]);
    });
  }

  private async take(files: File[]): Promise<void> {
    const wanted = this.hasAttribute("multiple") ? files : files.slice(0, 1);
    if (wanted.length && !this.hasAttribute("multiple")) this.list.replaceChildren();
    for (const file of wanted) await this.send(file);
  }

  private async send(file: File): Promise<void> {
    const bar = make("progress", { max: "1", value: "0", "aria-label": t("Uploading %(name)s", { name: file.name }) });
    const line = make("li", { class: "st-file" }, icon("file", "sm"), make("span", { class: "st-clip" }, file.name), bar);
    this.list.append(line);
    try {
      const stored = await upload(file, (part) => (bar.value = part));
      line.replaceWith(this.item(stored));
      this.changed();
    } catch (fault) {
      bar.remove();
      line.classList.add("is-bad");
      const why = (fault instanceof Error && fault.message) || t("The file did not arrive. Try again.");
      line.append(make("span", { class: "st-bad", role: "alert" }, why), removeButton(file.name));
    }
  }

  private item(stored: StoredFile): HTMLElement {
    const picture = stored.thumb ? make("img", { src: stored.thumb, alt: "" }) : icon("file", "sm");
    const size = make("span", { class: "st-muted st-xs" }, sizeText(stored.size));
    const field = make("input", { type: "hidden", name: this.getAttribute("name") ?? "", value: stored.id });
    const link = make("a", { class: "st-clip", href: stored.url, target: "_blank" }, stored.name);
    return make("li", { class: "st-file" }, picture, link, size, removeButton(stored.name), field);
  }

  /** The blank input says "none" when the last file is gone. */
  changed(): void {
    const blank = one<HTMLInputElement>("input[data-none]", this);
    if (blank) blank.disabled = all("input[type=hidden]:not([data-none])", this).length > 0;
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function removeButton(name: string): HTMLButtonElement {
  const label = t("Remove %(name)s", { name });
  return make("button", { type: "button", class: "st-x", "data-remove-file": "", "aria-label": label }, icon("x", "sm"));
}

const STEP = 1024;

export function sizeText(bytes: number): string {
  if (bytes < STEP) return `${bytes} B`;
  if (bytes < STEP * STEP) return `${Math.round(bytes / STEP)} KB`;
  return `${(bytes / STEP / STEP).toFixed(1)} MB`;
}
