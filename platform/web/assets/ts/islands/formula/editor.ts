// CodeMirror over a textarea: colours, completion, faults underlined, values on hover. The textarea
// stays what the form posts.

import { acceptCompletion, closeBrackets, closeBracketsKeymap, completionKeymap, startCompletion } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching } from "@codemirror/language";
import { lintKeymap, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, hoverTooltip, keymap, lineNumbers, placeholder, type Tooltip } from "@codemirror/view";
import { effect } from "@preact/signals";
import { t } from "../../lib/text";
import type { Fault, Trial } from "./api";
import { completions, prepare } from "./completion";
import { formulaLanguage } from "./language";
import { rangeOf, type Range } from "./offsets";
import type { Sheet, Surface } from "./sheet";

export interface Options {
  /** The full page shows line numbers and more lines. */
  large: boolean;
  trial?: () => Trial | null;
}

export class CodeEditor implements Surface {
  readonly view: EditorView;
  private readonly stop: (() => void)[] = [];
  /** Its label and links to its faults lead to the textarea. */
  private readonly forward = () => this.view.focus();

  constructor(private readonly textarea: HTMLTextAreaElement, private readonly sheet: Sheet, options: Options) {
    this.view = new EditorView({ state: this.state(options) });
    textarea.after(this.view.dom);
    textarea.classList.add("st-hide");
    textarea.tabIndex = -1;
    textarea.setAttribute("aria-hidden", "true");
    textarea.addEventListener("focus", this.forward);
    sheet.surface = this;
    this.stop.push(effect(() => this.underline(sheet.answer.value?.faults ?? [], sheet.answer.value?.warnings ?? [], sheet.answered.value)));
  }

  private state(options: Options): EditorState {
    const { textarea, sheet } = this;
    return EditorState.create({
      doc: textarea.value,
      extensions: [
        options.large ? lineNumbers() : [],
        history(),
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        formulaLanguage,
        completions(sheet.place),
        EditorView.lineWrapping,
        EditorView.editorAttributes.of({ class: options.large ? "fx-code fx-code-large" : "fx-code" }),
        placeholder(textarea.placeholder),
        EditorState.phrases.of(phrases()),
        EditorView.contentAttributes.of(described(textarea)),
        keymap.of([
          { key: "Tab", run: acceptCompletion },
          { key: "Alt-ArrowDown", run: startCompletion },
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...lintKeymap,
          ...historyKeymap,
          ...defaultKeymap,
        ]),
        EditorView.updateListener.of((update) => {
          if (update.focusChanged && update.view.hasFocus) prepare(sheet.place());
          if (update.docChanged) this.written(update.state.doc.toString());
          if (update.selectionSet || update.docChanged) sheet.caret.value = update.state.selection.main.head;
        }),
        options.trial ? valueOnHover(sheet, options.trial) : [],
      ],
    });
  }

  private written(text: string): void {
    this.textarea.value = text;
    this.sheet.write(text);
    this.textarea.dispatchEvent(new Event("input", { bubbles: true }));
  }

  private underline(faults: Fault[], warnings: Fault[], text: string): void {
    if (text !== this.view.state.doc.toString()) return;
    const marks = [...faults.map((fault) => this.mark(fault, text, "error")), ...warnings.map((each) => this.mark(each, text, "warning"))];
    marks.sort((left, right) => left.from - right.from);
    this.view.dispatch(setDiagnostics(this.view.state, marks));
  }

  private mark(fault: Fault, text: string, severity: Diagnostic["severity"]): Diagnostic {
    const { from, to } = rangeOf(text, fault);
    const fix = fault.fix;
    return {
      from: Math.min(from, Math.max(0, text.length - 1)),
      to: Math.max(to, Math.min(from + 1, text.length)),
      severity,
      message: fault.hint ? `${fault.message} ${fault.hint}` : fault.message,
      actions: fix ? [{ name: t("Change to %(text)s", { text: fix.label }), apply: () => this.sheet.fix(fix) }] : [],
    };
  }

  replace(range: Range, text: string): void {
    const caret = range.from + (text.endsWith("()") ? text.length - 1 : text.length);
    this.view.dispatch({ changes: { ...range, insert: text }, selection: { anchor: caret }, scrollIntoView: true });
  }

  selection(): Range {
    const { from, to } = this.view.state.selection.main;
    return { from, to };
  }

  select(range: Range): void {
    this.view.dispatch({ selection: { anchor: range.from, head: range.to }, scrollIntoView: true });
    this.view.focus();
  }

  focus(): void {
    this.view.focus();
  }

  destroy(): void {
    for (const stop of this.stop) stop();
    this.view.destroy();
    this.textarea.removeEventListener("focus", this.forward);
    this.textarea.classList.remove("st-hide");
    this.textarea.removeAttribute("aria-hidden");
    this.textarea.tabIndex = 0;
  }
}

/** The editable part bears what the textarea said about itself. */
function described(textarea: HTMLTextAreaElement): Record<string, string> {
  const label = textarea.labels?.[0];
  const found: Record<string, string> = { "aria-label": (label?.textContent ?? textarea.getAttribute("aria-label") ?? t("Formula")).trim() };
  for (const name of ["aria-describedby", "aria-required", "aria-invalid"]) {
    const value = textarea.getAttribute(name);
    if (value) found[name] = value;
  }
  return found;
}

function phrases(): Record<string, string> {
  return {
    Completions: t("Suggestions"),
    Diagnostics: t("What is wrong"),
    "No diagnostics": t("Nothing is wrong"),
    close: t("Close"),
  };
}

/** The value of the smallest part under the pointer. */
function valueOnHover(sheet: Sheet, trial: () => Trial | null) {
  return hoverTooltip((_view, at): Tooltip | null => {
    const found = trial();
    if (!found || sheet.text.value !== sheet.answered.value) return null;
    const text = sheet.answered.value;
    const parts = found.steps.map((step) => ({ step, range: rangeOf(text, step) }))
      .filter(({ range }) => range.from <= at && at <= range.to)
      .sort((left, right) => left.range.to - left.range.from - (right.range.to - right.range.from));
    const part = parts[0];
    if (!part) return null;
    return { pos: part.range.from, end: part.range.to, above: true, create: () => ({ dom: valueTip(part.step) }) };
  }, { hoverTime: 250 });
}

function valueTip(step: Trial["steps"][number]): HTMLElement {
  const tip = document.createElement("div");
  tip.className = "fx-tip";
  const name = document.createElement("span");
  name.textContent = step.label || step.text.slice(0, 60);
  const value = document.createElement("b");
  value.textContent = step.error ? step.error.message : step.display || t("blank");
  tip.append(name, value);
  return tip;
}
