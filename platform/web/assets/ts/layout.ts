// The layout designer: loaded by its page.

import { one } from "./lib/dom";
import { mount } from "./islands/layout/mount";

const place = one("[data-designer]");
if (place) mount(place);
