// The history: the latest requests, kept in this browser. Each is a link, so that opening it is a step of its own.

import { fragmentFor } from "./address.js";
import { createElement } from "./elements.js";

const KEY = "requests";
const MAX = 30;
const list = document.getElementById("history-list");
const clear = document.getElementById("history-clear");

/** Return the stored requests; none if another program has written something else there. */
function stored() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY));
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}

const titleOf = ({ method, path, raw }) => (raw ? raw.split("\n")[0] : `${method} ${path ?? "/"}`).slice(0, 80);

function show() {
  const items = stored().map(({ fragment, title, verdict }) =>
    createElement("li", {}, createElement("a", { href: `#${fragment}` }, `${title}`), createElement("span", {}, ` ${verdict}`)));
  list.replaceChildren(...items);
  clear.hidden = items.length === 0;
}

/** Put a request and its verdict at the beginning of the history. */
export function remember(request, verdict) {
  const fragment = fragmentFor("", Object.entries(request));
  const others = stored().filter((each) => each.fragment !== fragment);
  const all = [{ fragment, title: titleOf(request), verdict }, ...others].slice(0, MAX);
  localStorage.setItem(KEY, JSON.stringify(all));
  show();
}

clear.addEventListener("click", () => {
  localStorage.removeItem(KEY);
  show();
});
show();
