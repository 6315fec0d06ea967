// What the judge tells of rules that do not hold: each opens to what was sent, what came, why, and what to do.

import { make } from "./making.js";

const OCTETS = new Set(["bytes", "caret"]);
const INDENT = "      ";

/** Yield the parts of a failure: octets with their caret in one block, everything else a paragraph. */
function* blocks(parts, url) {
  let octets = null;
  let label = "";
  for (const { kind, text } of parts) {
    if (OCTETS.has(kind)) {
      if (!octets) yield (octets = make("pre", { className: "octets", tabIndex: 0, role: "group", "aria-label": label }));
      octets.append(make("span", { className: kind }, `${text.slice(INDENT.length)}\n`));
    } else {
      octets = null;
      label = text.trim();
      yield paragraph(kind, label, url);
    }
  }
}

const FORMS = {
  reproduce: (text) => make("code", {}, text),
  section: (text, url) => (url ? make("a", { href: url, target: "_blank", rel: "noreferrer" }, text) : text),
};

/** Return "Hint: ..." with its first word apart, a command as code, a section as a link to it. */
function paragraph(kind, text, url) {
  const [, word, rest] = /^(Cause|Hint|But|See|Reproduce):? (.*)$/s.exec(text) ?? [null, "", text];
  const name = word ? [make("b", {}, word), " "] : [];
  return make("p", { "data-kind": kind }, ...name, FORMS[kind]?.(rest, url) ?? rest);
}

/** Return what opens to a rule that failed. */
export function failure({ target, rule, level, sentence, url, told }) {
  const summary = make("summary", {},
    make("span", { className: "who" }, target), " ", make("code", {}, rule), " ",
    make("span", { className: level.toLowerCase() }, level), ` ${sentence}`);
  return make("details", { className: "failure" }, summary, ...blocks(told.slice(1), url));
}

/** Return a line for each reason why rules of a server were skipped. */
export function unjudged(skipped) {
  const times = new Map();
  for (const { target, reason } of skipped) {
    const why = `${target}: skipped because ${reason}`;
    times.set(why, (times.get(why) ?? 0) + 1);
  }
  return [...times].map(([why, count]) => make("p", { className: "hint" }, `${why} (${count} ${count === 1 ? "rule" : "rules"})`));
}
