// <fs-lookup url="/lookup/…"> around a <select>: searches records on the server while one types.

import { getJson } from "../lib/http";
import { t } from "../lib/text";
import { chosen, picker, type Choice, type TomSelect } from "./tom";

/** Name in the request, name of the input, label. */
type Need = [string, string, string];

/** What stands before the name of a line's field. */
const LINE = /^[^.]+\.(\d+|__n__)\./;

export class Lookup extends HTMLElement {
  private tom: TomSelect | undefined;
  private form: HTMLFormElement | null = null;

  connectedCallback(): void {
    const select = this.querySelector("select");
    if (!select || this.tom) return;
    this.tom = picker(select, {
      options: chosen(select),
      searchField: [],
      preload: "focus",
      shouldLoad: () => true, // so that it says when there is nothing, also before anything is typed
      loadThrottle: 200,
      load: (query: string, done: (found: Choice[]) => void) => {
        this.find(query).then((found) => {
          this.tom?.clearOptions((option) => this.tom?.items.includes((option as Choice).value) ?? false);
          done(found);
        }, () => done([]));
      },
    } as Parameters<typeof picker>[1], () => this.missing());
    if (this.dataset.needs) (this.form = select.form)?.addEventListener("change", this.renew);
    this.addEventListener("fs:restore", (event) => this.choose((event as CustomEvent<Choice[]>).detail));
  }

  disconnectedCallback(): void {
    this.form?.removeEventListener("change", this.renew);
    this.tom?.destroy();
    this.tom = undefined;
  }

  find(query: string): Promise<Choice[]> {
    return getJson<Choice[]>(this.getAttribute("url") ?? "", { q: query, ...this.values() });
  }

  private get needs(): Need[] {
    return JSON.parse(this.dataset.needs ?? "[]") as Need[];
  }

  /** What the choices depend on, as the form has it now; names of a line follow its number. */
  private values(): Record<string, string> {
    const select = this.querySelector("select");
    const line = LINE.exec(select?.name ?? "")?.[0];
    const found: Record<string, string> = {};
    for (const [key, name] of this.needs) {
      const control = select?.form?.elements.namedItem(line ? name.replace(LINE, line) : name);
      if (control) found[key] = valueOf(control);
    }
    return found;
  }

  /** Nothing fits while what the choices depend on is blank. */
  private missing(): string {
    const values = this.values();
    const field = this.needs.find(([key]) => key in values && !values[key])?.[2];
    return field ? t("Nothing found. Fill in %(field)s first.", { field }) : "";
  }

  /** Another choice elsewhere: what was found before may not fit any more. */
  private readonly renew = (event: Event): void => {
    const name = (event.target as HTMLInputElement).name?.replace(LINE, "");
    if (!name || !this.needs.some(([, needed]) => needed.replace(LINE, "") === name)) return;
    this.tom?.clearOptions((option) => this.tom?.items.includes((option as Choice).value) ?? false);
    this.tom?.wrapper.classList.remove("preloaded");
  };

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

/** Of several inputs of one name, as a switch and its "false", the one that is sent last. */
function valueOf(control: Element | RadioNodeList): string {
  const all = control instanceof RadioNodeList ? [...control] : [control];
  const sent = (all as HTMLInputElement[]).filter((each) => !/^(checkbox|radio)$/.test(each.type) || each.checked);
  return sent.at(-1)?.value ?? "";
}
