// Failed rules, each with its bytes, its cause and a hint; and the rules that were skipped.

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

/** Return the failure of a rule, which opens when the reader selects it. */
export function failureElement({ server, rule, level, sentence, url, failure }) {
  const summary = createElement("summary", {},
    createElement("span", { className: "server" }, server), " ", createElement("code", {}, rule), " ",
    createElement("span", { className: level.toLowerCase() }, level), ` ${sentence}`);
  return createElement("details", { className: "failure" }, summary, ...blocks(failure.slice(1), url));
}

/** Return a line for each reason why rules were skipped. */
export function skippedElements(skipped) {
  const counts = new Map();
  for (const { server, reason } of skipped) {
    const line = `${server}: skipped because ${reason}`;
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return [...counts].map(([line, count]) => createElement("p", { className: "hint" }, `${line} (${count} ${count === 1 ? "rule" : "rules"})`));
}
