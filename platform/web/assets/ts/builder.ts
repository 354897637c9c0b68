// Setup pages: names that follow labels, the type gallery, values, icons, tabs, jobs.

import { startAccess } from "./builder/access";
import { startFormulas } from "./builder/formulas";
import { startGallery } from "./builder/gallery";
import { startGuard } from "./builder/guard";
import { startHere } from "./builder/here";
import { startJob } from "./builder/job";
import { startLook } from "./builder/look";
import { startNames } from "./builder/names";
import { startPanel } from "./builder/panel";
import { startTabs } from "./builder/tabs";
import { startValues } from "./builder/values";
import { startProblems } from "./lib/problems";

startProblems();
startHere();
startNames();
startGallery();
startTabs();
startValues();
startLook();
startAccess();
startPanel();
startGuard();
startJob();
startFormulas();
