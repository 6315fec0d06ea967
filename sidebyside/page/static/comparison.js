// The comparison that the page's server has sent: which view of the bodies is shown.

const comparison = document.getElementById("comparison");

/** Show a new comparison as the reader has chosen to see the earlier one. */
export function showComparison(html) {
  comparison.innerHTML = html;
  showView(comparison.dataset.view);
}

/** Show bodies as text, rendered, or as bytes. A frame gets its document when it is first visible. */
function showView(view) {
  comparison.dataset.view = view;
  for (const choice of comparison.querySelectorAll('[name="view"]')) choice.checked = choice.value === view;
  if (view !== "rendered") return;
  for (const frame of comparison.querySelectorAll("[data-document]:not([srcdoc])")) frame.srcdoc = frame.dataset.document;
}

comparison.addEventListener("change", ({ target }) => target.name === "view" && showView(target.value));
