// The formula editor: loaded by pages that hold a textarea[data-formula].

import { one } from "./lib/dom";
import { mountAll, noteCaret } from "./islands/formula/mount";
import { startPage } from "./islands/formula/page";

const page = one("[data-formula-page]");
if (page) startPage(page);
mountAll();
document.addEventListener("htmx:before:swap", noteCaret);
document.addEventListener("htmx:after:swap", mountAll);
document.addEventListener("fs:added", mountAll);
