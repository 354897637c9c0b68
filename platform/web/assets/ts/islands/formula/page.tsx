// The page of one formula: chooser, editor, record to try it on, steps, test cases.

import { effect, signal } from "@preact/signals";
import { render } from "preact";
import { one } from "../../lib/dom";
import { tn } from "../../lib/text";
import { Cases, type StoredCase } from "./cases";
import { Icon } from "./icon";
import { mount } from "./mount";
import { Side } from "./side";
import { Chooser, type Icons } from "./tree";
import { Bench } from "./trial";
import type { Sheet } from "./sheet";

interface Props {
  icons: Icons;
  tests: StoredCase[] | null;
  returns_label: string;
}

export function startPage(page: HTMLElement): void {
  const textarea = one<HTMLTextAreaElement>("textarea[data-formula=large]", page);
  if (!textarea) return;
  const props = JSON.parse(page.dataset.props ?? "{}") as Props;
  let bench: Bench | undefined;
  const { sheet } = mount(textarea, () => bench?.trial.value ?? null);
  bench = new Bench(sheet);
  const chosen = signal("");
  into(page, "left", <Chooser sheet={sheet} icons={props.icons} chosen={chosen} />);
  into(page, "side", <Side bench={bench} chosen={chosen} />);
  into(page, "head", <Head sheet={sheet} label={props.returns_label} />);
  const input = one<HTMLInputElement>("input[name=tests]", page);
  if (input && props.tests) into(page, "cases", <Cases sheet={sheet} stored={props.tests} input={input} />);
  followRecord(page, bench);
  guardSaving(page, sheet);
}

function into(page: HTMLElement, name: string, tree: preact.ComponentChild): void {
  const host = one(`[data-fx="${name}"]`, page);
  if (host) render(tree, host);
}

function followRecord(page: HTMLElement, bench: Bench): void {
  const select = one<HTMLSelectElement>("[data-fx-record] select", page);
  if (!select) return;
  bench.record.value = select.value;
  select.addEventListener("change", () => (bench.record.value = select.value));
}

/** A formula that the server has not seen is not kept. */
function guardSaving(page: HTMLElement, sheet: Sheet): void {
  const button = one<HTMLButtonElement>("button[data-fx-save]", page);
  if (!button) return;
  effect(() => {
    const state = sheet.state.value;
    button.disabled = state === "bad" || state === "away";
  });
}

function Head({ sheet, label }: { sheet: Sheet; label: string }) {
  const answer = sheet.answer.value;
  const count = answer?.faults.length ?? 0;
  if (sheet.state.value === "bad" && count) {
    return <span class="st-sm st-bad fx-count"><Icon name="alert-circle" size="sm" /> {tn("%(count)s fault", "%(count)s faults", count)}</span>;
  }
  return <span class="st-hide">{label}</span>;
}
