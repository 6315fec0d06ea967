// The contract, live: begin a run of the judge, follow its news, show points and failures as they come.

import { ask, Refused } from "./asking.js";
import { make } from "./making.js";
import { Points } from "./points.js";
import { failure, unjudged } from "./telling.js";

const form = document.getElementById("judge");
const begin = form.querySelector('[type="submit"]');
const stop = document.getElementById("judge-stop");
const standing = document.getElementById("judge-standing");
const titles = new Map([...form.elements.stage.options].map(({ value, text }) => [value, text.replace(/^\d+ /, "")]));

let current = null; // the run that goes on

function say(text) {
  if (standing.textContent !== text) standing.textContent = text;
}

/** Everything that is shown of one run. */
class Board {
  constructor(run) {
    this.points = new Points(run, titles);
    this.failures = make("div", {});
    this.skipped = [];
    this.rest = make("div", {});
    document.getElementById("judge-points").replaceChildren(this.points.element);
    document.getElementById("judge-told").replaceChildren(this.failures, this.rest);
  }

  show({ news, targets }) {
    for (const each of news) this.add(each);
    for (const target of targets) this.points.settle(target);
    if (news.length) this.rest.replaceChildren(...unjudged(this.skipped));
  }

  add(news) {
    this.points.add(news);
    if (news.verdict === "skipped") this.skipped.push(news);
    if (news.verdict === "failed") this.failures.append(failure(news));
  }

  /** Return what came of it, in a sentence. */
  verdict(targets) {
    const seconds = targets.reduce((sum, target) => sum + target.seconds, 0).toFixed(1);
    const points = targets.map(({ name, points, most }) => `${name} ${points} of ${most}`).join(", ");
    return `${this.broken() || "All rules hold"}: ${points} points, in ${seconds} s.`;
  }

  /** Return how many rules do not hold, and how many count but could not be judged; nothing where all is well. */
  broken() {
    const failed = this.failures.childElementCount;
    const unknown = this.skipped.filter(({ counts }) => counts).length;
    const told = [failed && `${rules(failed)} not hold`, unknown && `${unknown} could not be judged`];
    return told.filter(Boolean).join(", ");
  }
}

const rules = (count) => (count === 1 ? "1 rule does" : `${count} rules do`);

const ENDS = {
  stopped: () => "Stopped.",
  failed: () => "The judge itself has failed; the terminal says how.",
  done: (board, targets) => board.verdict(targets),
};

function going({ state, targets }) {
  const now = targets.find(({ done }) => !done);
  return state === "waiting" ? "Waiting until another run is over ..." : `Judging ${now?.name ?? ""} ...`;
}

/** Ask for news until the run is over. */
async function follow(run) {
  const board = new Board(run);
  for (let next = 0; current === run; ) {
    const told = await (await ask(`/judge/${run.id}?from=${next}`, { method: "GET" })).json();
    next = told.next;
    board.show(told);
    const end = ENDS[told.state];
    if (end) return say(end(board, told.targets));
    say(going(told));
  }
}

async function judge() {
  const url = form.elements.whom.value === "theirs" ? form.elements.server.value.trim() : null;
  const data = { stage: form.elements.stage.value ? Number(form.elements.stage.value) : null, url };
  current = await (await ask("/judge", { data })).json();
  stop.disabled = false; // not before: there is nothing to stop
  await follow(current);
}

function end({ keepalive = false } = {}) {
  return current && ask(`/judge/${current.id}/stop`, { keepalive });
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  begin.disabled = true;
  for (const id of ["judge-points", "judge-told"]) document.getElementById(id).replaceChildren();
  say("Beginning ...");
  try {
    await judge();
  } catch (error) {
    say(error instanceof Refused ? error.message : `The page has failed: ${error.message}`);
  } finally {
    current = null;
    begin.disabled = false;
    stop.disabled = true;
  }
});

stop.addEventListener("click", () => end().catch((error) => say(error.message)));
form.elements.server.addEventListener("input", () => (form.elements.whom.value = "theirs"));
addEventListener("pagehide", () => end({ keepalive: true }));
