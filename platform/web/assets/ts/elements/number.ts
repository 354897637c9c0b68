// <fs-number> around a text input: digits are grouped while it rests and bare while one types;
// the form always sends them bare.

export class NumberField extends HTMLElement {
  private form: HTMLFormElement | null = null;
  private readonly bare = (event: FormDataEvent): void => {
    const input = this.input;
    if (input?.name && event.formData.has(input.name)) event.formData.set(input.name, ungroup(input.value));
  };

  private get input(): HTMLInputElement | null {
    return this.querySelector("input");
  }

  connectedCallback(): void {
    const input = this.input;
    if (!input) return;
    this.form = input.form;
    this.form?.addEventListener("formdata", this.bare);
    input.value = group(input.value);
    input.addEventListener("focus", () => {
      const bare = ungroup(input.value);
      if (bare === input.value) return;
      input.value = bare;
      input.select(); // Writing the value dropped the selection that came with the focus.
    });
    input.addEventListener("blur", () => (input.value = group(input.value)));
  }

  disconnectedCallback(): void {
    this.form?.removeEventListener("formdata", this.bare);
  }
}

const PLAIN = /^\s*([+-]?)(\d+)(\.\d*)?\s*$/;
// Full-width digits and marks, as Chinese input methods leave them.
const WIDE = /[０-９．，－]/g;
const NARROW: Record<string, string> = { "．": ".", "，": ",", "－": "-" };

export function ungroup(text: string): string {
  const narrow = text.replace(WIDE, (mark) => NARROW[mark] ?? String.fromCharCode(mark.charCodeAt(0) - 0xfee0));
  return narrow.replaceAll(",", "").trim();
}

export function group(text: string): string {
  const match = PLAIN.exec(ungroup(text));
  if (!match) return text;
  const [, sign = "", whole = "", rest = ""] = match;
  return sign + whole.replace(/\B(?=(\d{3})+$)/g, ",") + rest;
}
