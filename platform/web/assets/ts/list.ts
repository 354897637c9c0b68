// The list: cells edited where they stand, select, keys j k x Enter, long press, bulk actions.

import { startBulk } from "./lib/bulk";
import { startCells } from "./lib/cells";
import { startColumns } from "./lib/columns";
import { startCursor } from "./lib/cursor";
import { startDisplays } from "./lib/displays";
import { startGrid } from "./lib/grid";
import { startPeek } from "./lib/peek";
import { startPicker } from "./lib/picker";
import { startSelection } from "./lib/selection";
import { startSift } from "./lib/sift";
import { startWidths } from "./lib/widths";

startSelection();
startCells(); // before the cursor: Enter in a cell edits it
startGrid();
startPeek();
startCursor();
startBulk();
startSift();
startPicker();
startColumns();
startWidths();
startDisplays();
