// The table of points: a row a stage, a column a server; each cell fills while its rules are judged.

import { make } from "./making.js";

/** One stage of one server: how many of its rules are judged, then its points. */
class Cell {
  constructor(rules, label) {
    this.judged = new Set();
    this.rules = rules;
    this.text = make("span", { className: "of" }, "–");
    this.bar = make("progress", { max: rules, value: 0, "aria-label": label });
    this.element = make("td", {}, this.text, this.bar);
  }

  add(rule) {
    this.judged.add(rule);
    this.bar.value = this.judged.size;
    if (!this.settled) this.text.textContent = `${this.judged.size} of ${this.rules}`;
  }

  settle({ points, worth, kept, of }) {
    this.settled = true;
    this.element.className = kept === of ? "full" : kept ? "part" : "none";
    this.text.replaceChildren(make("b", {}, `${points}`), worth ? `/${worth}` : " none counts");
    this.element.title = `${kept} of ${of} MUST rules hold`;
    this.bar.max = worth || 1;
    this.bar.value = points;
  }
}

export class Points {
  /** `run` is what /judge answers: the names of targets, and how many rules each stage has. */
  constructor(run, titles) {
    this.stages = Object.keys(run.rules);
    this.cells = new Map(run.targets.map((name) => [name, this.cellsOf(run, name)]));
    this.totals = new Map(run.targets.map((name) => [name, make("td", {}, "")]));
    this.finals = new Map(run.targets.map((name) => [name, new Map(this.stages.map((stage) => [stage, 0]))]));
    this.rules = run.rules;
    this.element = this.table(run.targets, titles);
  }

  cellsOf(run, name) {
    return new Map(this.stages.map((stage) => [stage, new Cell(run.rules[stage], `${name}, stage ${stage}`)]));
  }

  table(targets, titles) {
    const heads = targets.map((name) => make("th", { scope: "col" }, name));
    const rows = this.stages.map((stage) =>
      make("tr", {}, make("th", { scope: "row" }, make("span", { className: "number" }, stage), ` ${titles.get(stage)}`),
        ...targets.map((name) => this.cells.get(name).get(stage).element)));
    return make("table", { className: "points" },
      make("caption", { className: "unseen" }, "Points by stage"),
      make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Stage"), ...heads)),
      make("tbody", {}, ...rows),
      make("tfoot", {}, make("tr", {}, make("th", { scope: "row" }, "Points"), ...this.totals.values())));
  }

  /** Take in a piece of news: a rule that has been judged. */
  add({ target, stage, rule, final }) {
    this.cells.get(target).get(`${stage}`).add(rule);
    const finals = this.finals.get(target);
    if (final) finals.set(`${stage}`, finals.get(`${stage}`) + 1);
  }

  /** Show the points of the stages that are judged to their end, and of all once all are. */
  settle({ name, done, points, most, seconds, stages }) {
    for (const score of stages) {
      const whole = this.finals.get(name).get(`${score.stage}`) === this.rules[score.stage];
      if (whole) this.cells.get(name).get(`${score.stage}`).settle(score);
    }
    const total = done ? [make("b", {}, `${points}`), `/${most} `] : [];
    this.totals.get(name).replaceChildren(...total, make("span", { className: "of" }, seconds ? `${seconds.toFixed(1)} s` : ""));
  }
}
