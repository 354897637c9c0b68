// The generated form: drafts, leave warning, dependent picklists, sections and values that follow
// other fields, lines, jumps to what is wrong.

import { startDependents } from "./lib/dependent";
import { startDrafts } from "./lib/drafts";
import { startLeaveWarning } from "./lib/leave";
import { startLines } from "./lib/lines";
import { startPaste } from "./lib/paste";
import { startProblems } from "./lib/problems";
import { startState } from "./lib/state";

startProblems();
startDependents();
startLines();
startPaste();
startState();
startDrafts();
startLeaveWarning();
