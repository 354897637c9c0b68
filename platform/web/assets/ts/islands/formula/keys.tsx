// For a phone: signs that its keyboard hides, and what may be written next, to tap.

import type { Completion } from "@codemirror/autocomplete";
import { useSignal, useSignalEffect } from "@preact/signals";
import { t } from "../../lib/text";
import { offered, wordAt } from "./completion";
import type { Sheet } from "./sheet";

const SIGNS = ["(", ")", ",", ".", '"', "+", "-", "*", "/", "=", "<>", "<", ">", "&", "AND()", "OR()", "IF()"];
const MOST = 12;

export function Keys({ sheet }: { sheet: Sheet }) {
  const options = useSignal<Completion[]>([]);
  useSignalEffect(() => {
    const before = sheet.text.value.slice(0, sheet.caret.value);
    void offered(sheet.place(), before).then((found) => (options.value = found.slice(0, MOST)), () => undefined);
  });
  return (
    <div class="fx-keys">
      <div class="fx-keyrow" role="group" aria-label={t("Suggestions")}>
        {options.value.map((each) => (
          <button key={each.label} type="button" class="st-chip st-chip-plain" onClick={() => take(sheet, each)}>
            {each.displayLabel ?? each.label}
          </button>
        ))}
      </div>
      <div class="fx-keyrow" role="group" aria-label={t("Signs")}>
        {SIGNS.map((sign) => (
          <button key={sign} type="button" class="fx-key st-mono" onClick={() => sheet.insert(sign)}>{sign}</button>
        ))}
      </div>
    </div>
  );
}

/** Puts the name in place of what was typed of it. */
function take(sheet: Sheet, option: Completion): void {
  const caret = sheet.caret.value;
  const { word } = wordAt(sheet.text.value.slice(0, caret));
  const text = option.type === "function" ? `${option.label}()` : option.label;
  sheet.surface?.replace({ from: caret - word.length, to: caret }, text);
  sheet.surface?.focus();
}
