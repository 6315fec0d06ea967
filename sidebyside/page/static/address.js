// The address of the page. After # come a place, if it is not the tab Request, and parameters: the request, and a run of
// the judge. So back, forward, reload and a link restore them. Each part of the page writes its own parameters.

export const requestNames = ["method", "path", "fields", "body", "raw", "url", "servers", "times"];

/** Return the place and the parameters in the page's address. */
export function readAddress() {
  const [first, ...rest] = location.hash.slice(1).split("&");
  const place = first.includes("=") ? "" : first;
  const parameters = (place ? rest : [first, ...rest]).join("&").replaceAll("+", "%2B");
  return { place, parameters: new URLSearchParams(parameters) };
}

/** Return the fragment for a place and parameters. */
export function fragmentFor(place, parameters) {
  const pairs = [...parameters].map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return [...(place ? [place] : []), ...pairs].join("&");
}

/** Return the parameters without the named ones, and with new ones. */
function replaced(parameters, names, values) {
  const others = [...parameters].filter(([name]) => !names.includes(name));
  const own = Object.entries(values).filter(([, value]) => value);
  return [...own, ...others];
}

function write(place, parameters, how) {
  const fragment = fragmentFor(place, parameters);
  if (fragment === location.hash.slice(1)) return;
  history[how](null, "", fragment ? `#${fragment}` : location.pathname);
}

/** Write the named parameters into the address. "pushState" makes an entry that "back" leads to. */
export function writeParameters(names, values, how = "replaceState") {
  const { place, parameters } = readAddress();
  write(place, replaced(parameters, names, values), how);
}

/** Write the place into the address, as a new entry. */
export function writePlace(place) {
  write(place, readAddress().parameters, "pushState");
}

/** Follow a link in the page: a place keeps the parameters of the address, and a request replaces the earlier one. */
export function followLink(fragment) {
  const { parameters } = readAddress();
  const isPlace = !fragment.includes("=");
  const others = isPlace ? parameters : [...parameters].filter(([name]) => !requestNames.includes(name));
  location.hash = [fragment, fragmentFor("", others)].filter(Boolean).join("&");
}

document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#"]');
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  followLink(link.getAttribute("href").slice(1));
});
