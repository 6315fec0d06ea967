// Failed rules, each with its bytes, its cause and a hint; and the rules that were skipped.

import { createElement } from "./elements.js";

const BYTE_KINDS = new Set(["bytes", "caret"]);
const INDENT = "      ";

/** Yield the parts of a failure: bytes and their caret as one block, all other lines as paragraphs. */
function* blocks(parts, url) {
  let octets = null;
  let label = "";
  for (const { kind, text } of parts) {
    if (BYTE_KINDS.has(kind)) {
      if (!octets) yield (octets = createElement("pre", { className: "octets", tabIndex: 0, role: "group", "aria-label": label }));
      octets.append(createElement("span", { className: kind }, `${text.slice(INDENT.length)}\n`));
    } else {
      octets = null;
      label = text.trim();
      yield paragraph(kind, label, url);
    }
  }
}

const FORMS = {
  again: (text) => createElement("code", {}, text),
  section: (text, url) => (url ? createElement("a", { href: url, target: "_blank", rel: "noreferrer" }, text) : text),
};

/** Return a line with its first word in bold, a command as code, or a section as a link. */
function paragraph(kind, text, url) {
  const [, word, rest] = /^(Cause|Hint|But|See|Again):? (.*)$/s.exec(text) ?? [null, "", text];
  const name = word ? [createElement("b", {}, word), " "] : [];
  return createElement("p", { "data-kind": kind }, ...name, FORMS[kind]?.(rest, url) ?? rest);
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
