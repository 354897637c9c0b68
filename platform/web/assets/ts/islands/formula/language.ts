// Colours. What is right and wrong is the server's to say: this knows words and signs only.

import { HighlightStyle, StreamLanguage, syntaxHighlighting, type StreamParser } from "@codemirror/language";
import { tags } from "@lezer/highlight";

interface Inside {
  comment: boolean;
}

const KEYWORD = /^(?:AND|OR|NOT|IN|TRUE|FALSE|NULL)\b/i;
const NAME = /^[\p{L}_$][\p{L}\p{N}_]*/u;

const parser: StreamParser<Inside> = {
  startState: () => ({ comment: false }),
  token(stream, state) {
    if (state.comment || stream.match("/*")) {
      state.comment = !stream.match(/^.*?\*\//);
      if (state.comment) stream.skipToEnd();
      return "comment";
    }
    if (stream.eatSpace()) return null;
    if (stream.match("//")) {
      stream.skipToEnd();
      return "comment";
    }
    if (stream.match(/^"(?:[^"\\]|\\.)*"?|^'(?:[^'\\]|\\.)*'?/)) return "string";
    if (stream.match(/^\d+(?:\.\d+)?/)) return "number";
    if (stream.match(/^\{[^{}]*\}?/)) return "propertyName";
    if (stream.match(KEYWORD)) return "keyword";
    if (stream.match(NAME)) return stream.match(/^\s*\(/, false) ? "keyword" : "propertyName";
    stream.next();
    return "operator";
  },
  languageData: { closeBrackets: { brackets: ["(", "{", '"', "'"] }, commentTokens: { line: "//" } },
};

const colours = HighlightStyle.define([
  { tag: tags.keyword, class: "tok-f" },
  { tag: tags.propertyName, class: "tok-r" },
  { tag: tags.string, class: "tok-s" },
  { tag: tags.number, class: "tok-n" },
  { tag: tags.comment, class: "tok-c" },
]);

export const formulaLanguage = [StreamLanguage.define(parser), syntaxHighlighting(colours)];
