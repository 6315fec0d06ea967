// Tabs, by mouse and by arrow keys; the address of the page tells which one is open.

const tabs = [...document.querySelectorAll('[role="tab"]')];

function open(tab) {
  for (const each of tabs) {
    const isOpen = each === tab;
    each.setAttribute("aria-selected", isOpen);
    each.tabIndex = isOpen ? 0 : -1;
    document.getElementById(each.getAttribute("aria-controls")).hidden = !isOpen;
  }
}

const steps = { ArrowRight: (at) => at + 1, ArrowLeft: (at) => at - 1, Home: () => 0, End: () => tabs.length - 1 };

function onKey(event) {
  const step = steps[event.key];
  if (!step) return;
  event.preventDefault();
  const tab = tabs[(step(tabs.indexOf(event.target)) + tabs.length) % tabs.length];
  tab.focus();
  choose(tab);
}

let remembered = ""; // the request, while another tab is open

function choose(tab) {
  const isRequest = tab === tabs[0];
  if (tabs.find((each) => each.getAttribute("aria-selected") === "true") === tabs[0]) remembered = location.hash;
  history.replaceState(null, "", isRequest ? remembered || location.pathname : `#${tab.getAttribute("aria-controls")}`);
  open(tab);
}

/** Open what holds the place that the address names; a place in none of them, as the skip link's, changes nothing. */
function openAddressed() {
  const place = document.getElementById(location.hash.slice(1));
  const panel = place?.closest('[role="tabpanel"]');
  if (place && !panel) return;
  open(tabs.find((tab) => tab.getAttribute("aria-controls") === panel?.id) ?? tabs[0]);
  if (panel && place !== panel) place.scrollIntoView();
}

for (const tab of tabs) {
  tab.addEventListener("click", () => choose(tab));
  tab.addEventListener("keydown", onKey);
}
addEventListener("hashchange", openAddressed);
openAddressed();
