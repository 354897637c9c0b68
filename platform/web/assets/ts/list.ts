// The list: open by a click on the row, select, keys j k x Enter, long press, bulk actions.

import { startBulk } from "./lib/bulk";
import { startCursor } from "./lib/cursor";
import { startSelection } from "./lib/selection";

startSelection();
startCursor();
startBulk();
