// The page: its sections, its tabs and its theme.

import "./judge.js";
import "./lessons.js";
import "./request.js";
import "./tabs.js";
import "./theme_switch.js";
