// Tabs for the mouse and the arrow keys. The address of the page contains the open tab.

import { readAddress, writePlace } from "./address.js";

const tabs = [...document.querySelectorAll('[role="tab"]')];
const panelOf = (tab) => document.getElementById(tab.getAttribute("aria-controls"));

/** Show the panel of a tab. The panel gets the event "tabopen". */
function open(tab) {
  for (const each of tabs) {
    const isOpen = each === tab;
    each.setAttribute("aria-selected", isOpen);
    each.tabIndex = isOpen ? 0 : -1;
    panelOf(each).hidden = !isOpen;
  }
  panelOf(tab).dispatchEvent(new Event("tabopen"));
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

function choose(tab) {
  writePlace(tab === tabs[0] ? "" : panelOf(tab).id);
  open(tab);
}

/** Open the tab that contains the place in the address, or will contain it. An element outside all tabs changes nothing. */
export function openFromAddress() {
  const { place } = readAddress();
  const target = document.getElementById(place);
  const panel = target ? target.closest('[role="tabpanel"]') : document.querySelector(`[data-places~="${CSS.escape(place.split("-")[0])}"]`);
  if (target && !panel) return;
  open(tabs.find((tab) => panelOf(tab) === panel) ?? tabs[0]);
  if (panel && target && target !== panel) show(target);
}

/** Open everything that an element is folded in, and scroll to it. */
function show(element) {
  for (let fold = element.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  element.scrollIntoView();
}

for (const tab of tabs) {
  tab.addEventListener("click", () => choose(tab));
  tab.addEventListener("keydown", onKey);
}
addEventListener("hashchange", openFromAddress);
