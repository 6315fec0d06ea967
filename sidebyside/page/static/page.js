// The page: its tabs and its theme.

import "./tabs.js";
import "./themes.js";
