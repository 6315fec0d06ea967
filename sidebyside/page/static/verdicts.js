// All rules by stage: whether each passed, failed or was skipped, for each server. A failed rule links to its failure.

import { createElement } from "./elements.js";
import { failureId } from "./failures.js";

const MARKS = { passed: "✓", failed: "✗", skipped: "–" };

/** The rules of one run. */
export class Verdicts {
  constructor(run) {
    this.servers = run.servers;
    this.rows = new Map(); // by rule
    this.bodies = new Map(run.stages.map(({ stage }) => [stage, createElement("tbody", {})]));
    const stages = run.stages.map((stage) => this.stage(stage));
    this.element = createElement("section", { "aria-label": "All rules" }, createElement("h2", {}, "All rules"), ...stages);
  }

  stage({ stage, title }) {
    const heads = this.servers.map((name) => createElement("th", { scope: "col" }, name));
    const table = createElement("table", { className: "verdicts" },
      createElement("caption", { className: "unseen" }, `Rules of stage ${stage}`),
      createElement("thead", {}, createElement("tr", {}, createElement("th", { scope: "col" }, "Rule"), ...heads)),
      this.bodies.get(stage));
    return createElement("details", { id: `stage-${stage}` }, createElement("summary", {}, `${stage} ${title}`),
      createElement("div", { className: "wide", tabIndex: 0, role: "region", "aria-label": `Rules of stage ${stage}` }, table));
  }

  /** Add the final outcome of a rule. */
  add(news) {
    const { server, verdict, reason } = news;
    const mark = `${MARKS[verdict]} ${verdict}`;
    const content = verdict === "failed" ? createElement("a", { href: `#${failureId(server, news.rule)}` }, mark) : mark;
    const cell = createElement("td", { className: verdict }, content);
    if (reason) cell.append(createElement("small", {}, ` because ${reason}`));
    this.row(news).children[1 + this.servers.indexOf(server)].replaceWith(cell);
  }

  row({ rule, stage, sentence }) {
    if (!this.rows.has(rule)) {
      const head = createElement("th", { scope: "row" }, createElement("code", {}, rule), ` ${sentence}`);
      const row = createElement("tr", {}, head, ...this.servers.map(() => createElement("td", {}, "")));
      this.rows.set(rule, row);
      this.bodies.get(stage).append(row);
    }
    return this.rows.get(rule);
  }
}
