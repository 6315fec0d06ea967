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
