// The page: its tabs and its theme.

import "./request.js";
import "./tabs.js";
import "./themes.js";
