// Under a formula in a form: a record to try it on with the value there, and what may be written.

import { useSignal, type Signal } from "@preact/signals";
import { getJson } from "../../lib/http";
import { make } from "../../lib/dom";
import { t } from "../../lib/text";
import type { Place } from "./api";
import { Icon } from "./icon";
import { Outcome } from "./side";
import { Chooser } from "./tree";
import type { Bench } from "./trial";

const TRIED = ["formula", "validation"];

interface Sample {
  id: string;
  name: string;
}

/** The record last chosen for an object: a form that is drawn anew goes on with it. */
const chosen = new Map<string, Sample>();

/** Has it records to be tried on? Asks as anybody would who may read them. */
async function newest(object: string): Promise<Sample | null> {
  const known = chosen.get(object);
  if (known) return known;
  const query = { fields: "name", sort: "-modified_at", limit: "1" };
  const page = await getJson<{ records: { id: string; name: string | null }[] }>(`/api/v1/records/${object}`, query);
  const first = page.records[0];
  return first ? { id: first.id, name: first.name ?? t("(no name)") } : null;
}

/** Puts the record's lookup into `place` once it is known that there is one. */
export async function offerRecord(place: HTMLElement, at: Place, bench: Bench): Promise<void> {
  if (!TRIED.includes(at.usage)) return;
  const sample = await newest(at.object).catch(() => null);
  if (!sample || !place.isConnected) return;
  const select = make("select", { class: "form-select", "aria-label": t("Record to try it on"), "data-placeholder": t("Find a record by its name") });
  select.append(make("option", { value: "" }));
  select.append(make("option", { value: sample.id, selected: "" }, sample.name));
  const lookup = make("fs-lookup" as "div", { class: "fx-record", url: `/lookup-object/${at.object}` });
  lookup.append(select);
  place.append(make("span", { class: "st-xs st-muted" }, t("Try it on")), lookup);
  select.addEventListener("change", (event) => {
    event.stopPropagation(); // the record is no part of the form
    bench.record.value = select.value;
    if (select.value) chosen.set(at.object, { id: select.value, name: select.selectedOptions[0]?.textContent ?? "" });
  });
  bench.record.value = sample.id;
  document.dispatchEvent(new Event("fs:added"));
}

export function Inline({ bench, named }: { bench: Bench; named: Signal<string> }) {
  const open = useSignal(false);
  const usage = bench.sheet.place().usage;
  return (
    <div class="fx-inline">
      {TRIED.includes(usage) && bench.record.value && (
        <div class="fx-inlinevalue" aria-live="polite"><span class="st-xs st-muted">{t("Value on the record")}</span><Outcome bench={bench} /></div>
      )}
      <button class="btn btn-quiet btn-s" type="button" aria-expanded={open.value} onClick={() => (open.value = !open.value)}>
        <Icon name={open.value ? "chevron-down" : "chevron-right"} size="sm" />{t("Fields and functions")}
      </button>
      {open.value && <div class="st-card fx-inlinechooser"><Chooser sheet={bench.sheet} icons={{}} chosen={named} /></div>}
    </div>
  );
}
