// The page: its sections, its tabs and its theme.

import "./explanations.js";
import "./judge.js";
import "./lessons.js";
import "./request.js";
import { openFromAddress } from "./tabs.js";
import "./theme_switch.js";
import "./tour.js";

const main = document.getElementById("main");

// The address of the page contains the request, so the link to the content only moves the focus.
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
openFromAddress();
