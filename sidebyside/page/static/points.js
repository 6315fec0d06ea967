// The table of points: a row for each stage, a column for each server. Cells show the progress of the judge. A row links
// to the rules of its stage.

import { createElement } from "./elements.js";

/** One stage of one server: the number of judged rules, and at the end the points. */
class Cell {
  constructor(rules, label) {
    this.judged = new Set();
    this.rules = rules;
    this.text = createElement("span", { className: "of" }, "–");
    this.bar = createElement("progress", { max: rules, value: 0, "aria-label": label });
    this.element = createElement("td", {}, this.text, this.bar);
  }

  add(rule) {
    this.judged.add(rule);
    this.bar.value = this.judged.size;
    if (!this.finished) this.text.textContent = `${this.judged.size} of ${this.rules}`;
  }

  finish({ points, max_points, passed, failed, skipped }) {
    this.finished = true;
    this.element.className = failed + skipped === 0 ? "full" : passed ? "part" : failed ? "none" : "skipped";
    const others = skipped ? [createElement("small", { className: "skips" }, ` ${skipped} skipped`)] : [];
    this.text.replaceChildren(createElement("b", {}, `${points}`), max_points ? `/${max_points}` : " no points", ...others);
    this.element.title = `MUST rules: ${passed} passed, ${failed} failed, ${skipped} skipped`;
    this.bar.max = max_points || 1;
    this.bar.value = points;
  }
}

export class Points {
  /** `run` is the response of /judge: the names of the servers, and the stages with the number of their rules. */
  constructor(run) {
    this.stages = run.stages;
    this.cells = new Map(run.servers.map((name) => [name, this.cellsOf(name)]));
    this.totals = new Map(run.servers.map((name) => [name, createElement("td", {}, "")]));
    this.finals = new Map(run.servers.map((name) => [name, new Map(this.stages.map(({ stage }) => [stage, 0]))]));
    this.element = this.table(run.servers);
  }

  cellsOf(name) {
    return new Map(this.stages.map(({ stage, rules }) => [stage, new Cell(rules, `${name}, stage ${stage}`)]));
  }

  table(servers) {
    const heads = servers.map((name) => createElement("th", { scope: "col" }, name));
    const rows = this.stages.map((stage) => this.row(stage, servers));
    return createElement("table", { className: "points" },
      createElement("caption", { className: "unseen" }, "Points by stage"),
      createElement("thead", {}, createElement("tr", {}, createElement("th", { scope: "col" }, "Stage"), ...heads)),
      createElement("tbody", {}, ...rows),
      createElement("tfoot", {}, createElement("tr", {}, createElement("th", { scope: "row" }, "Points"), ...this.totals.values())));
  }

  row({ stage, title }, servers) {
    const link = createElement("a", { href: `#stage-${stage}` }, createElement("span", { className: "number" }, stage), ` ${title}`);
    return createElement("tr", {}, createElement("th", { scope: "row" }, link), ...servers.map((name) => this.cells.get(name).get(stage).element));
  }

  /** Add the outcome of a rule. */
  add({ server, stage, rule, final }) {
    this.cells.get(server).get(stage).add(rule);
    const finals = this.finals.get(server);
    if (final) finals.set(stage, finals.get(stage) + 1);
  }

  /** Show the points of the stages whose rules are all judged, and at the end the sum. */
  update({ name, done, points, max_points, seconds, stages }) {
    const rules = new Map(this.stages.map((each) => [each.stage, each.rules]));
    for (const score of stages) {
      if (this.finals.get(name).get(score.stage) === rules.get(score.stage)) this.cells.get(name).get(score.stage).finish(score);
    }
    const total = done ? [createElement("b", {}, `${points}`), `/${max_points} `] : [];
    this.totals.get(name).replaceChildren(...total, createElement("span", { className: "of" }, seconds ? `${seconds.toFixed(1)} s` : ""));
  }
}
