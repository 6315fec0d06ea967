// The page: its parts, its tabs and its theme.

import "./judge.js";
import "./request.js";
import "./tabs.js";
import "./themes.js";
