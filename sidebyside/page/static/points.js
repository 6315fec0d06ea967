// The table of points: a row for each stage, a column for each server. Cells show the progress of the judge.

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
    this.text.replaceChildren(createElement("b", {}, `${points}`), max_points ? `/${max_points}` : " no points");
    this.element.title = `MUST rules: ${passed} passed, ${failed} failed, ${skipped} skipped`;
    this.bar.max = max_points || 1;
    this.bar.value = points;
  }
}

export class Points {
  /** `run` is the response of /judge: the names of the servers, and the number of rules in each stage. */
  constructor(run, titles) {
    this.stages = Object.keys(run.rules);
    this.cells = new Map(run.servers.map((name) => [name, this.cellsOf(run, name)]));
    this.totals = new Map(run.servers.map((name) => [name, createElement("td", {}, "")]));
    this.finals = new Map(run.servers.map((name) => [name, new Map(this.stages.map((stage) => [stage, 0]))]));
    this.rules = run.rules;
    this.element = this.table(run.servers, titles);
  }

  cellsOf(run, name) {
    return new Map(this.stages.map((stage) => [stage, new Cell(run.rules[stage], `${name}, stage ${stage}`)]));
  }

  table(servers, titles) {
    const heads = servers.map((name) => createElement("th", { scope: "col" }, name));
    const rows = this.stages.map((stage) =>
      createElement("tr", {}, createElement("th", { scope: "row" }, createElement("span", { className: "number" }, stage), ` ${titles.get(stage)}`),
        ...servers.map((name) => this.cells.get(name).get(stage).element)));
    return createElement("table", { className: "points" },
      createElement("caption", { className: "unseen" }, "Points by stage"),
      createElement("thead", {}, createElement("tr", {}, createElement("th", { scope: "col" }, "Stage"), ...heads)),
      createElement("tbody", {}, ...rows),
      createElement("tfoot", {}, createElement("tr", {}, createElement("th", { scope: "row" }, "Points"), ...this.totals.values())));
  }

  /** Add the outcome of a rule. */
  add({ server, stage, rule, final }) {
    this.cells.get(server).get(`${stage}`).add(rule);
    const finals = this.finals.get(server);
    if (final) finals.set(`${stage}`, finals.get(`${stage}`) + 1);
  }

  /** Show the points of the stages whose rules are all judged, and at the end the sum. */
  update({ name, done, points, max_points, seconds, stages }) {
    for (const score of stages) {
      const whole = this.finals.get(name).get(`${score.stage}`) === this.rules[score.stage];
      if (whole) this.cells.get(name).get(`${score.stage}`).finish(score);
    }
    const total = done ? [createElement("b", {}, `${points}`), `/${max_points} `] : [];
    this.totals.get(name).replaceChildren(...total, createElement("span", { className: "of" }, seconds ? `${seconds.toFixed(1)} s` : ""));
  }
}
