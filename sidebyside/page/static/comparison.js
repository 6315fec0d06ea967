// The comparison that the page's server has sent: how bodies are shown, only differences, and what can be copied.

import { copyText } from "./copying.js";
import { showWay } from "./ways.js";

const comparison = document.getElementById("comparison");

/** Show a new comparison as the reader has chosen to see the earlier one. */
export function showComparison(html) {
  comparison.innerHTML = html;
  showView(comparison.dataset.view);
  showWay(comparison.dataset.way);
  comparison.querySelector('[name="only"]').checked = "only" in comparison.dataset;
}

/** Show bodies as text, rendered, or as bytes. A frame gets its document when it is first visible. */
function showView(view) {
  comparison.dataset.view = view;
  for (const choice of comparison.querySelectorAll('[name="view"]')) choice.checked = choice.value === view;
  if (view !== "rendered") return;
  for (const frame of comparison.querySelectorAll("[data-document]:not([srcdoc])")) frame.srcdoc = frame.dataset.document;
}

/** Go to the first line of a body that differs, in each column; the window goes to the first column. */
function jump(button) {
  showView("text");
  const bodies = button.closest(".heading").nextElementSibling;
  for (const pane of [...bodies.querySelectorAll(".pane")].reverse()) pane.querySelector(".line.differs")?.scrollIntoView({ block: "center" });
}

comparison.addEventListener("change", ({ target }) => {
  if (target.name === "view") showView(target.value);
  if (target.name === "way") showWay((comparison.dataset.way = target.value));
  if (target.name === "only") comparison.toggleAttribute("data-only", target.checked);
});
comparison.addEventListener("click", ({ target }) => {
  if ("copy" in target.dataset) copyText(target, target.dataset.copy);
  if ("jump" in target.dataset) jump(target);
});

/** Go to the response that the verdict names. The address of the page contains the request, so it stays as it is. */
function goTo(event) {
  const place = event.target.closest('#verdict a[href^="#response-"]');
  if (!place) return;
  event.preventDefault();
  const heading = comparison.querySelector(place.hash);
  heading.focus({ preventScroll: true });
  heading.scrollIntoView();
}

comparison.addEventListener("click", goTo);
