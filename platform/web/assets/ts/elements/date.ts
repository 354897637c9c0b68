// <fs-date> around a date, datetime-local or time input: the device's own picker on touch, a calendar
// that follows the page's language with a mouse. Typing is always possible.

import flatpickr from "flatpickr";
import { Mandarin } from "flatpickr/dist/esm/l10n/zh";
import sheet from "../../css/calendar.css";
import { adopt, hasMouse, language } from "../lib/dom";

const KINDS: Record<string, { format: string; example: string }> = {
  date: { format: "Y-m-d", example: "2026-01-31" },
  "datetime-local": { format: "Y-m-d H:i", example: "2026-01-31 09:30" },
  time: { format: "H:i", example: "09:30" },
};
let dressed = false;

export class DateField extends HTMLElement {
  private calendar: flatpickr.Instance | undefined;

  connectedCallback(): void {
    const input = this.querySelector("input");
    if (!input || this.calendar || !hasMouse() || input.readOnly) return;
    if (!dressed) adopt(sheet);
    dressed = true;
    const kind = KINDS[input.type];
    if (!kind) return;
    // The browser empties its own kind of input of what is no day; what was typed stays to be mended.
    const value = (input.value || (input.getAttribute("value") ?? "")).replace("T", " ");
    const { min, max } = input;
    input.type = "text";
    input.inputMode = "numeric";
    input.placeholder ||= kind.example;
    this.calendar = flatpickr(input, {
      allowInput: true,
      enableTime: kind.format.includes("H"),
      noCalendar: !kind.format.includes("Y"),
      time_24hr: true,
      dateFormat: kind.format,
      minDate: min || undefined,
      maxDate: max || undefined,
      locale: language().startsWith("zh") ? { ...Mandarin, firstDayOfWeek: 1 } : { firstDayOfWeek: 1 },
      disableMobile: true,
      appendTo: this.closest<HTMLElement>("[popover], dialog") ?? undefined,
      onChange: () => input.dispatchEvent(new Event("input", { bubbles: true })),
    });
    this.keepTyped(input);
    this.calendar.setDate(value);
    if (value && !input.value) input.value = value;
    this.addEventListener("fs:restore", (event) => {
      this.calendar?.setDate((event as CustomEvent<{ value: string }[]>).detail[0]?.value ?? "", true);
    });
  }

  /** The calendar empties the input of what is no day; it stays to be mended, and is refused in words. */
  private keepTyped(input: HTMLInputElement): void {
    let typed = "";
    this.addEventListener("input", (event) => {
      if (event.isTrusted) typed = input.value;
      else if (input.value) typed = "";
    });
    this.addEventListener("focusout", () => {
      if (input.value || !typed.trim()) return;
      input.value = typed;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }

  disconnectedCallback(): void {
    this.calendar?.destroy();
    this.calendar = undefined;
  }
}
