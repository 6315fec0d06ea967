// Creates HTML elements in one expression; text is never parsed as HTML.

/** Return an element with these properties (class, data-* and aria-* are attributes) and children. */
export function createElement(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}
