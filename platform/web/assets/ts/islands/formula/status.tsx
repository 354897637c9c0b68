// What the server says of the formula, under it: its type, or each fault with its remedy.

import { t, tn } from "../../lib/text";
import type { Fault } from "./api";
import { Icon } from "./icon";
import { rangeOf } from "./offsets";
import type { Sheet } from "./sheet";

const MOST = 4;

export function Status({ sheet }: { sheet: Sheet }) {
  const state = sheet.state.value;
  const faults = sheet.answer.value?.faults ?? [];
  const warnings = state === "good" || state === "bad" ? sheet.answer.value?.warnings ?? [] : [];
  return (
    <div class="fx-status">
      <Summary sheet={sheet} />
      {state === "bad" && faults.slice(0, MOST).map((fault) => <FaultNote key={`${fault.code}${fault.start}`} sheet={sheet} fault={fault} />)}
      {warnings.slice(0, MOST).map((each) => <FaultNote key={`${each.code}${each.start}`} sheet={sheet} fault={each} mild />)}
    </div>
  );
}

/** One line, read aloud when it changes. */
function Summary({ sheet }: { sheet: Sheet }) {
  const state = sheet.state.value;
  const answer = sheet.answer.value;
  return (
    <p class="fx-summary" role="status">
      {state === "good" && answer && (
        <>
          <span class="st-ok"><Icon name="check" size="xs" /></span>
          <span>{t("Result")}</span>
          <span class="st-tag st-blue st-tag-plain">{answer.type_label}</span>
          {answer.volatile && <span class="st-muted">{t("changes by the day")}</span>}
          {answer.python_only && <span class="st-muted">{t("cannot be searched by")}</span>}
        </>
      )}
      {state === "bad" && answer && (
        <span class="st-bad">
          <Icon name="alert-circle" size="xs" /> {tn("%(count)s fault", "%(count)s faults", answer.faults.length)}
        </span>
      )}
      {state === "checking" && <span class="st-muted">{t("Checking…")}</span>}
      {state === "away" && (
        <span class="st-warn"><Icon name="wifi-off" size="xs" /> {t("The server cannot be reached. Go on writing; what you typed is kept.")}</span>
      )}
    </p>
  );
}

/** `mild`: a warning, which stands in nobody's way. */
function FaultNote({ sheet, fault, mild = false }: { sheet: Sheet; fault: Fault; mild?: boolean }) {
  const show = () => {
    const range = rangeOf(sheet.answered.value, fault);
    sheet.surface?.select(range);
  };
  const fix = fault.fix;
  return (
    <div class={mild ? "st-note st-note-warn fx-fault fx-warning" : "st-note st-note-bad fx-fault"}>
      <Icon name={mild ? "alert-triangle" : "alert-circle"} />
      <button class="fx-where" type="button" onClick={show}>
        <b>{t("Line %(line)s, column %(column)s:", { line: fault.line, column: fault.column })}</b> {fault.message} {fault.hint}
      </button>
      {fix && (
        <button class="btn btn-default btn-s" type="button" onClick={() => sheet.fix(fix)}>
          {t("Change to %(text)s", { text: fix.label })}
        </button>
      )}
    </div>
  );
}
