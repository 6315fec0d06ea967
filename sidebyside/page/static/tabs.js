// Tabs for the mouse and the arrow keys. The address of the page contains the open tab.

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

let requestHash = ""; // the address of the request while another tab is open

function choose(tab) {
  const isRequest = tab === tabs[0];
  if (tabs.find((each) => each.getAttribute("aria-selected") === "true") === tabs[0]) requestHash = location.hash;
  history.replaceState(null, "", isRequest ? requestHash || location.pathname : `#${tab.getAttribute("aria-controls")}`);
  open(tab);
}

/** Open the tab that contains the element in the address. An element outside all tabs changes nothing. */
function openFromAddress() {
  const target = document.getElementById(location.hash.slice(1));
  const panel = target?.closest('[role="tabpanel"]');
  if (target && !panel) return;
  open(tabs.find((tab) => tab.getAttribute("aria-controls") === panel?.id) ?? tabs[0]);
  if (panel && target !== panel) target.scrollIntoView();
}

for (const tab of tabs) {
  tab.addEventListener("click", () => choose(tab));
  tab.addEventListener("keydown", onKey);
}
addEventListener("hashchange", openFromAddress);
openFromAddress();
