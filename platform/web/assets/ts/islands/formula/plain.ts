// On a phone the formula stays a textarea: its keyboard, its selection; the same checks.

import type { Range } from "./offsets";
import type { Sheet, Surface } from "./sheet";

export class PlainEditor implements Surface {
  private readonly listen = () => {
    this.sheet.write(this.textarea.value);
    this.sheet.caret.value = this.textarea.selectionStart;
  };

  constructor(private readonly textarea: HTMLTextAreaElement, private readonly sheet: Sheet) {
    textarea.addEventListener("input", this.listen);
    textarea.addEventListener("click", this.listen);
    textarea.setAttribute("autocapitalize", "off");
    textarea.setAttribute("autocorrect", "off");
    sheet.caret.value = textarea.value.length;
    sheet.surface = this;
  }

  replace(range: Range, text: string): void {
    this.textarea.setRangeText(text, range.from, range.to, "end");
    if (text.endsWith("()")) this.textarea.selectionEnd = this.textarea.selectionStart -= 1;
    this.textarea.dispatchEvent(new Event("input", { bubbles: true }));
  }

  selection(): Range {
    return { from: this.textarea.selectionStart, to: this.textarea.selectionEnd };
  }

  select(range: Range): void {
    this.textarea.focus();
    this.textarea.setSelectionRange(range.from, range.to);
  }

  focus(): void {
    this.textarea.focus();
  }

  destroy(): void {
    this.textarea.removeEventListener("input", this.listen);
    this.textarea.removeEventListener("click", this.listen);
  }
}
