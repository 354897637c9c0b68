// One formula being written: its text, what the server says of it, and who wants to know.

import { batch, signal, type Signal } from "@preact/signals";
import { check, type CheckAnswer, type Fix, type Place } from "./api";
import { rangeOf, type Range } from "./offsets";

const PAUSE_MS = 180;

export type State = "blank" | "checking" | "good" | "bad" | "away";

/** What the editor, be it CodeMirror or the plain textarea, can be asked to do. */
export interface Surface {
  replace(range: Range, text: string): void;
  selection(): Range;
  select(range: Range): void;
  focus(): void;
}

export class Sheet {
  readonly text: Signal<string>;
  readonly answer = signal<CheckAnswer | null>(null);
  /** The text that `answer` is about. */
  readonly answered = signal("");
  readonly state = signal<State>("blank");
  readonly caret = signal(0);
  surface: Surface | undefined;
  private timer = 0;
  private request: AbortController | undefined;

  constructor(text: string, readonly place: () => Place) {
    this.text = signal(text);
    this.later(0);
  }

  write(text: string): void {
    if (text === this.text.value) return;
    this.text.value = text;
    this.later(PAUSE_MS);
  }

  /** Asks again, as when the form around it says something else. */
  later(pause: number): void {
    clearTimeout(this.timer);
    this.request?.abort();
    this.timer = window.setTimeout(() => void this.ask(), pause);
  }

  private async ask(): Promise<void> {
    const text = this.text.value;
    if (!text.trim()) {
      batch(() => {
        this.answer.value = null;
        this.answered.value = text;
        this.state.value = "blank";
      });
      return;
    }
    const request = (this.request = new AbortController());
    if (this.state.value === "blank") this.state.value = "checking";
    try {
      const answer = await check(this.place(), text, request.signal);
      if (request.signal.aborted) return;
      batch(() => {
        this.answer.value = answer;
        this.answered.value = text;
        this.state.value = answer.faults.length ? "bad" : "good";
      });
    } catch {
      if (request.signal.aborted) return;
      this.state.value = "away";
      this.timer = window.setTimeout(() => void this.ask(), 5000);
    }
  }

  fix(fix: Fix): void {
    this.surface?.replace(rangeOf(this.answered.value, fix), fix.text);
    this.surface?.focus();
  }

  /** Writes where the caret is, with the brackets of a function and the caret between them. */
  insert(text: string): void {
    const surface = this.surface;
    if (!surface) return;
    surface.replace(surface.selection(), text);
    surface.focus();
  }
}
