// Explanations of words: a sentence and its section, shown on hover, on focus and on touch, and hidden by Escape.

import { createElement } from "./elements.js";

const GAP = 6; // pixels between a word and its explanation
const LEAVING = 200; // milliseconds to move the pointer from the word to the explanation
const bubble = createElement("div", { className: "explanation", popover: "manual" });
let word = null; // the word whose explanation is shown
let leaving = 0;

/** Show the explanation after its word, so that the Tab key leads from the word to the link. */
function show(term) {
  clearTimeout(leaving);
  if (word === term) return;
  hide();
  word = term;
  const { text, section, url } = term.dataset;
  const link = url ? [createElement("a", { href: url, target: "_blank", rel: "noreferrer" }, section)] : [];
  bubble.replaceChildren(text, ...link);
  term.after(bubble);
  bubble.showPopover();
  place(term.getBoundingClientRect());
}

/** Put the explanation below a place, or above it where there is no room below. */
function place({ left, top, bottom }) {
  const { width, height } = bubble.getBoundingClientRect();
  const below = bottom + GAP + height <= innerHeight;
  bubble.style.left = `${Math.max(GAP, Math.min(left, innerWidth - width - GAP))}px`;
  bubble.style.top = `${below ? bottom + GAP : Math.max(GAP, top - height - GAP)}px`;
}

function hide() {
  bubble.remove();
  word = null;
}

const termOf = (target) => (target instanceof Element ? target.closest(".term") : null);
const isInside = (target) => target instanceof Node && (bubble.contains(target) || termOf(target) === word);

function onEnter({ target }) {
  const term = termOf(target);
  if (term) show(term);
  else if (bubble.contains(target)) clearTimeout(leaving);
}

function onLeave({ relatedTarget }) {
  if (!word || isInside(relatedTarget)) return;
  clearTimeout(leaving);
  leaving = setTimeout(hide, LEAVING);
}

for (const event of ["mouseover", "focusin", "click"]) document.addEventListener(event, onEnter);
for (const event of ["mouseout", "focusout"]) document.addEventListener(event, onLeave);
addEventListener("scroll", () => word && place(word.getBoundingClientRect()), { capture: true, passive: true });
addEventListener("keydown", ({ key }) => key === "Escape" && hide());
