// <fs-date> around a date or datetime-local input: the device's own picker on touch, a calendar
// that follows the page's language with a mouse. Typing is always possible.

import flatpickr from "flatpickr";
import { Mandarin } from "flatpickr/dist/esm/l10n/zh";
import sheet from "../../css/calendar.css";
import { adopt, hasMouse, language } from "../lib/dom";

let dressed = false;

export class DateField extends HTMLElement {
  private calendar: flatpickr.Instance | undefined;

  connectedCallback(): void {
    const input = this.querySelector("input");
    if (!input || this.calendar || !hasMouse() || input.readOnly) return;
    if (!dressed) adopt(sheet);
    dressed = true;
    const withTime = input.type === "datetime-local";
    const value = input.value.replace("T", " ");
    const { min, max } = input;
    input.type = "text";
    input.inputMode = "numeric";
    input.placeholder ||= withTime ? "2026-01-31 09:30" : "2026-01-31";
    this.calendar = flatpickr(input, {
      allowInput: true,
      enableTime: withTime,
      time_24hr: true,
      dateFormat: withTime ? "Y-m-d H:i" : "Y-m-d",
      defaultDate: value || undefined,
      minDate: min || undefined,
      maxDate: max || undefined,
      locale: language().startsWith("zh") ? { ...Mandarin, firstDayOfWeek: 1 } : { firstDayOfWeek: 1 },
      disableMobile: true,
      appendTo: this.closest<HTMLElement>("[popover], dialog") ?? undefined,
      onChange: () => input.dispatchEvent(new Event("input", { bubbles: true })),
    });
    this.addEventListener("fs:restore", (event) => {
      this.calendar?.setDate((event as CustomEvent<{ value: string }[]>).detail[0]?.value ?? "", true);
    });
  }

  disconnectedCallback(): void {
    this.calendar?.destroy();
    this.calendar = undefined;
  }
}
