// Test cases that are kept with the formula: values in, the result that must come out, run at once.

import { signal, useComputed, useSignal, useSignalEffect, type Signal } from "@preact/signals";
import { t, tn } from "../../lib/text";
import { evaluate, namesAfter, type Name, type PathName, type Trial } from "./api";
import { Icon } from "./icon";
import type { Sheet } from "./sheet";

const PAUSE_MS = 250;
const MOST = 50;

/** As the metadata keeps it. */
export interface StoredCase {
  name: string;
  values: Record<string, string>;
  expected: string;
}

interface Case {
  key: number;
  name: Signal<string>;
  values: Signal<Record<string, string>>;
  expected: Signal<string>;
  /** Has anybody said what must come out? Blank may be meant. */
  said: Signal<boolean>;
  trial: Signal<Trial | null>;
  refused: Signal<string>;
}

let keys = 0;

function made(stored: StoredCase, said = true): Case {
  keys += 1;
  return {
    key: keys,
    name: signal(stored.name),
    values: signal({ ...stored.values }),
    expected: signal(String(stored.expected ?? "")),
    said: signal(said),
    trial: signal<Trial | null>(null),
    refused: signal(""),
  };
}

export function Cases({ sheet, stored, input }: { sheet: Sheet; stored: StoredCase[]; input: HTMLInputElement }) {
  const cases = useSignal<Case[]>(stored.map((each) => made(each)));
  const fields = useSignal<PathName[]>([]);
  useSignalEffect(() => {
    if (sheet.state.value === "good") fields.value = sheet.answer.value?.fields ?? [];
  });
  useSignalEffect(() => {
    const text = JSON.stringify(cases.value.filter(isBegun).map((each) => ({ name: each.name.value, values: each.values.value, expected: each.expected.value })));
    if (text === input.value) return;
    input.value = text;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  const passed = useComputed(() => (sheet.state.value === "good" ? cases.value.filter((each) => each.said.value && each.trial.value?.passed).length : 0));
  const add = () => {
    const name = t("Case %(number)s", { number: cases.value.length + 1 });
    cases.value = [...cases.value, made({ name, values: {}, expected: "" }, false)];
  };
  const columns = useComputed(() => columnsOf(fields.value, cases.value));
  return (
    <section class="st-stack fx-cases" aria-label={t("Test cases")}>
      <div class="st-row">
        <h2 class="st-h3">{t("Test cases")}</h2><span class="st-count">{cases.value.length}</span>
        {passed.value > 0 && <span class="st-sm st-ok"><Icon name="check" size="xs" /> {tn("%(count)s passed", "%(count)s passed", passed.value)}</span>}
        <button class="btn btn-quiet btn-s st-end" type="button" disabled={cases.value.length >= MOST} onClick={add}><Icon name="plus" />{t("Add a case")}</button>
      </div>
      {cases.value.length > 0 && (
        <div class="st-card fx-casewrap" tabIndex={0} role="group" aria-label={t("Test cases")}>
          <table class="st-table st-table-in fx-casetable">
            <thead><tr>
              <th scope="col">{t("What it tries")}</th>
              {columns.value.map((each) => <th scope="col" key={each.path} title={each.path}>{each.label}</th>)}
              <th scope="col">{t("Expected")}</th><th scope="col">{t("Actual")}</th><th class="fx-outcome" scope="col">{t("Outcome")}</th>
            </tr></thead>
            <tbody>
              {cases.value.map((each) => <CaseRow key={each.key} sheet={sheet} one={each} columns={columns.value} remove={() => (cases.value = cases.value.filter((other) => other !== each))} />)}
            </tbody>
          </table>
        </div>
      )}
      {!cases.value.length && <p class="st-sm st-muted">{t("Values and the result they must give. They are kept with the formula and run whenever it changes.")}</p>}
    </section>
  );
}

/** A row that nobody has written into is no case. */
function isBegun(one: Case): boolean {
  return one.said.value || Object.values(one.values.value).some(Boolean);
}

/** The fields of the formula, and those that cases still have values for. */
function columnsOf(fields: PathName[], cases: Case[]): PathName[] {
  const found = new Map(fields.map((each) => [each.path, each]));
  for (const each of cases) {
    for (const path of Object.keys(each.values.value)) {
      if (!found.has(path)) found.set(path, { path, label: path, type: "text", field_type: "text" });
    }
  }
  return [...found.values()];
}

interface RowProps {
  sheet: Sheet;
  one: Case;
  columns: PathName[];
  remove: () => void;
}

function CaseRow({ sheet, one, columns, remove }: RowProps) {
  useSignalEffect(() => {
    const good = sheet.state.value === "good";
    const text = sheet.answered.value;
    void sheet.answer.value;
    const sample = { values: filled(one.values.value), expected: one.expected.value };
    if (!good) return;
    const request = new AbortController();
    const timer = setTimeout(() => void run(sheet, one, text, sample, request.signal), PAUSE_MS);
    return () => {
      clearTimeout(timer);
      request.abort();
    };
  });
  const expect = (value: string) => {
    one.said.value = true;
    one.expected.value = value;
  };
  const set = (path: string, value: string) => (one.values.value = { ...one.values.value, [path]: value });
  return (
    <tr>
      <td><input class="fx-cell" value={one.name.value} aria-label={t("What it tries")} onInput={(event) => (one.name.value = event.currentTarget.value)} /></td>
      {columns.map((each) => <td key={`${each.path} ${each.type}`}><ValueInput sheet={sheet} column={each} value={one.values.value[each.path] ?? ""} set={(value) => set(each.path, value)} /></td>)}
      <td><Expected sheet={sheet} one={one} set={expect} /></td>
      <td class="st-num">{isBegun(one) ? actual(one) : ""}</td>
      <td class="fx-outcome"><span><Outcome sheet={sheet} one={one} />
        <button class="btn btn-quiet btn-sq btn-s" type="button" aria-label={t("Remove %(name)s", { name: one.name.value })} onClick={remove}><Icon name="x" /></button></span></td>
    </tr>
  );
}

function Expected({ sheet, one, set }: { sheet: Sheet; one: Case; set: (value: string) => void }) {
  if (sheet.answer.value?.type === "boolean") {
    return (
      <select class="fx-cell" aria-label={t("Expected")} value={one.expected.value} onChange={(event) => set(event.currentTarget.value)}>
        <option value="">{one.said.value ? t("blank") : ""}</option>
        <option value="true">{t("Yes")}</option>
        <option value="false">{t("No")}</option>
      </select>
    );
  }
  const hint = one.said.value ? t("blank") : "";
  return <input class="fx-cell st-num" value={one.expected.value} placeholder={hint} aria-label={t("Expected")} onInput={(event) => set(event.currentTarget.value)} />;
}

function filled(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
}

async function run(sheet: Sheet, one: Case, text: string, sample: object, signal: AbortSignal): Promise<void> {
  try {
    const trial = await evaluate(sheet.place(), text, sample, signal);
    if (signal.aborted) return;
    one.refused.value = "";
    one.trial.value = trial;
  } catch (error) {
    if (signal.aborted) return;
    one.trial.value = null;
    one.refused.value = error instanceof Error ? error.message : t("The server cannot be reached.");
  }
}

function actual(one: Case): string {
  const trial = one.trial.value;
  if (!trial) return "—";
  return trial.error ? `#${trial.error.code}!` : trial.display || t("blank");
}

function Outcome({ sheet, one }: { sheet: Sheet; one: Case }) {
  if (!isBegun(one) || (!one.said.value && !one.refused.value)) return <span />;
  if (one.refused.value) return <span class="st-tag st-red" title={one.refused.value}>{t("Bad value")}</span>;
  if (sheet.state.value === "bad") return <span class="st-tag st-gray">{t("Not run")}</span>;
  const trial = one.trial.value;
  if (!trial) return <span class="st-tag st-gray">{t("Running")}</span>;
  return trial.passed ? <span class="st-tag st-green">{t("Passed")}</span> : <span class="st-tag st-red">{trial.error ? t("Error") : t("Differs")}</span>;
}

interface InputProps {
  sheet: Sheet;
  column: PathName;
  value: string;
  set: (value: string) => void;
}

/** A picklist and a yes-or-no are chosen, everything else is typed. */
function ValueInput({ sheet, column, value, set }: InputProps) {
  const field = useSignal<Name | null>(null);
  const listed = column.type === "picklist";
  useSignalEffect(() => {
    if (!listed) return;
    const steps = column.path.split(".");
    const last = steps.pop();
    void namesAfter(sheet.place(), steps.join(".")).then((found) => (field.value = found.names.find((each) => each.name === last) ?? null), () => undefined);
  });
  const choices = column.type === "boolean"
    ? [{ value: "true", label: t("Yes") }, { value: "false", label: t("No") }]
    : listed ? field.value?.values ?? [] : [];
  if (choices.length) {
    return (
      <select class="fx-cell" aria-label={column.label} value={value} onChange={(event) => set(event.currentTarget.value)}>
        <option value="">{t("blank")}</option>
        {choices.map((each) => <option key={each.value} value={each.value}>{each.label}</option>)}
      </select>
    );
  }
  const right = column.type === "number" ? " st-num" : "";
  return <input class={`fx-cell${right}`} value={value} placeholder={t("blank")} aria-label={column.label} onInput={(event) => set(event.currentTarget.value)} />;
}
