// Failed rules, each with its bytes, its cause, a hint, and a link that opens its bytes in the tab Request.

import { createElement } from "./elements.js";

const BYTE_KINDS = new Set(["bytes", "caret"]);

/** Yield the lines of a failure: bytes and their caret as one block, all others as paragraphs. */
function* blocks(lines, url) {
  let octets = null;
  let label = "";
  for (const { kind, label: word, content } of lines) {
    if (BYTE_KINDS.has(kind)) {
      if (!octets) yield (octets = createElement("pre", { className: "octets", tabIndex: 0, role: "group", "aria-label": label }));
      octets.append(createElement("span", { className: kind }, `${content}\n`));
    } else {
      octets = null;
      label = content;
      yield paragraph(kind, word, content, url);
    }
  }
}

const FORMS = {
  reproduce: (text) => createElement("code", {}, text),
  section: (text, url) => (url ? createElement("a", { href: url, target: "_blank", rel: "noreferrer" }, text) : text),
};

/** Return a line with its label in bold, a command as code, or a section as a link. */
function paragraph(kind, word, content, url) {
  const name = word ? [createElement("b", {}, word.replace(":", "")), " "] : [];
  return createElement("p", { "data-kind": kind }, ...name, FORMS[kind]?.(content, url) ?? content);
}

/** Return a link to the bytes that a rule sent; `target` is the URL of the judged server, if it is the reader's own. */
function requestLink(raw, target) {
  if (!raw) return createElement("p", { className: "hint" }, "The rule sent nothing, or more than the tab Request can show.");
  const server = target ? `&url=${encodeURIComponent(target)}` : "";
  return createElement("p", {}, createElement("a", { href: `#raw=${encodeURIComponent(raw)}${server}` }, "Open in Request"));
}

/** Return the id of the element about a failure. */
export const failureId = (server, rule) => `failure-${server}-${rule}`;

/** Return the failure of a rule, which opens when the reader selects it. */
export function failureElement({ server, rule, level, sentence, url, failure, raw }, target) {
  const summary = createElement("summary", {}, createElement("code", {}, rule), " ",
    createElement("span", { className: level.toLowerCase() }, level), ` ${sentence}`);
  return createElement("details", { className: "failure", id: failureId(server, rule) },
    summary, ...blocks(failure.slice(1), url), requestLink(raw, target));
}
