// CSS through lightningcss: @import joined, light-dark() and nesting lowered, minified.

import { bundle } from "lightningcss";

// The oldest browsers the pages run in: popovers set the floor.
const version = (major) => major << 16;
const targets = { chrome: version(114), edge: version(114), safari: version(17), ios_saf: version(17), firefox: version(125) };

export function lower(file) {
  return Buffer.from(bundle({ filename: file, minify: true, targets }).code);
}

/** `import css from "./x.css"` gives a script the sheet's text, for adoptedStyleSheets. */
export const styleText = {
  name: "style-text",
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, ({ path }) => ({
      contents: lower(path).toString("utf8"),
      loader: "text",
    }));
  },
};
