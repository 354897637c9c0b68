// The formula on one record: its value and that of each part, anew whenever either changes.

import { effect, signal } from "@preact/signals";
import { evaluate, type Trial } from "./api";
import type { Sheet } from "./sheet";

export class Bench {
  readonly record = signal("");
  readonly trial = signal<Trial | null>(null);
  /** The text that `trial` computed. */
  readonly text = signal("");
  readonly refused = signal("");
  private request: AbortController | undefined;

  constructor(readonly sheet: Sheet) {
    effect(() => {
      const good = sheet.state.value === "good";
      const text = sheet.answered.value;
      const record = this.record.value;
      void sheet.answer.value;
      if (good && record) void this.run(text, record);
    });
  }

  private async run(text: string, record: string): Promise<void> {
    this.request?.abort();
    const request = (this.request = new AbortController());
    try {
      const trial = await evaluate(this.sheet.place(), text, { record_id: record }, request.signal);
      if (request.signal.aborted) return;
      this.refused.value = "";
      this.text.value = text;
      this.trial.value = trial;
    } catch (error) {
      if (!request.signal.aborted) this.refused.value = error instanceof Error ? error.message : "";
    }
  }
}
