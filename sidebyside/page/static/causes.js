// The failures of each server, grouped by cause: the cause to begin with comes first.

import { createElement } from "./elements.js";
import { failureElement } from "./failures.js";

const START = "Start here";

/** The failures of one run. */
export class Causes {
  /** `target` is the URL of the judged server if it is the reader's own, else empty. */
  constructor(target) {
    this.target = target;
    this.failures = new Map(); // elements by server and rule
    this.groups = new Map(); // elements by server and first rule
    this.element = createElement("div", {});
    this.shown = ""; // what was shown last: an update that changes nothing must not take the reader's focus
  }

  add(news) {
    this.failures.set(`${news.server} ${news.rule}`, failureElement(news, this.target));
  }

  /** Show the groups of all servers, the most urgent of each server first. */
  show(groups) {
    const news = JSON.stringify(groups);
    if (news === this.shown) return;
    this.shown = news;
    const servers = Map.groupBy(groups, ({ server }) => server);
    this.element.replaceChildren(...[...servers].map(([server, own]) => this.section(server, own)));
  }

  section(server, groups) {
    const heading = createElement("h2", {}, `${server}: failures by cause`);
    const elements = groups.map((group, at) => this.group(group, at === 0));
    return createElement("section", { className: "causes", "aria-label": `Failures of ${server}` }, heading, ...elements);
  }

  group({ server, cause, title, size, failed }, isFirst) {
    const element = this.elementOf(`${server} ${cause || title}`);
    const badge = isFirst ? [createElement("b", { className: "start" }, START), " "] : [];
    element.firstChild.replaceChildren(...badge, title, " ", createElement("span", { className: "of" }, size));
    element.lastChild.replaceChildren(...failed.map((rule) => this.failures.get(`${server} ${rule}`)));
    return element;
  }

  elementOf(key) {
    if (!this.groups.has(key)) {
      this.groups.set(key, createElement("details", { className: "cause" }, createElement("summary", {}), createElement("div", {})));
    }
    return this.groups.get(key);
  }

  /** Open the failure that the reader should begin with, of each server. */
  openFirst() {
    for (const section of this.element.children) {
      for (const each of [section.querySelector(".cause"), section.querySelector(".failure")]) each.open = true;
    }
  }
}
