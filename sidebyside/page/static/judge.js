// The contract: starts a run of the judge, asks for its news, and shows points and failures as they arrive.

import { callServer, RequestFailed } from "./api.js";
import { createElement } from "./elements.js";
import { failureElement, skippedElements } from "./failures.js";
import { Points } from "./points.js";

const form = document.getElementById("judge");
const startButton = form.querySelector('[type="submit"]');
const stopButton = document.getElementById("judge-stop");
const statusLine = document.getElementById("judge-status");
const titles = new Map([...form.elements.stage.options].map(({ value, text }) => [value, text.replace(/^\d+ /, "")]));

let current = null; // the run that has not ended

function showStatus(text) {
  if (statusLine.textContent !== text) statusLine.textContent = text;
}

/** The results of one run. */
class Results {
  constructor(run) {
    this.points = new Points(run, titles);
    this.failures = createElement("div", {});
    this.skipped = [];
    this.skippedLines = createElement("div", {});
    document.getElementById("judge-points").replaceChildren(this.points.element);
    document.getElementById("judge-failures").replaceChildren(this.failures, this.skippedLines);
  }

  show({ news, servers }) {
    for (const each of news) this.add(each);
    for (const server of servers) this.points.update(server);
    if (news.length) this.skippedLines.replaceChildren(...skippedElements(this.skipped));
  }

  add(news) {
    this.points.add(news);
    if (news.verdict === "skipped") this.skipped.push(news);
    if (news.verdict === "failed") this.failures.append(failureElement(news));
  }

  /** Return a sentence with the points of all servers. */
  verdict(servers) {
    const seconds = servers.reduce((sum, server) => sum + server.seconds, 0).toFixed(1);
    const points = servers.map(({ name, points, max_points }) => `${name} ${points} of ${max_points}`).join(", ");
    return `${this.problems() || "All rules passed"}: ${points} points, in ${seconds} s.`;
  }

  /** Return the numbers of failed and skipped rules; an empty string if there are none. */
  problems() {
    const failed = this.failures.childElementCount;
    const skipped = this.skipped.filter(({ counts }) => counts).length;
    const counts = [failed && `${rules(failed)} failed`, skipped && `${rules(skipped)} skipped`];
    return counts.filter(Boolean).join(", ");
  }
}

const rules = (count) => (count === 1 ? "1 rule" : `${count} rules`);

const ENDS = {
  stopped: () => "Stopped.",
  failed: () => "The judge itself has failed. The terminal shows the error.",
  done: (results, servers) => results.verdict(servers),
};

function progress({ state, servers }) {
  const now = servers.find(({ done }) => !done);
  return state === "waiting" ? "Waiting for another run to end ..." : `Judging ${now?.name ?? ""} ...`;
}

/** Ask for news until the run is over. */
async function follow(run) {
  const results = new Results(run);
  for (let next = 0; current === run; ) {
    const update = await (await callServer(`/judge/${run.id}?from=${next}`, { method: "GET" })).json();
    next = update.next;
    results.show(update);
    const end = ENDS[update.state];
    if (end) return showStatus(end(results, update.servers));
    showStatus(progress(update));
  }
}

async function judge() {
  const url = form.elements.target.value === "own" ? form.elements.server.value.trim() : null;
  const data = { stage: form.elements.stage.value ? Number(form.elements.stage.value) : null, url };
  current = await (await callServer("/judge", { data })).json();
  stopButton.disabled = false; // before, there is no run to stop
  await follow(current);
}

function stopRun({ keepalive = false } = {}) {
  return current && callServer(`/judge/${current.id}/stop`, { keepalive });
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  startButton.disabled = true;
  for (const id of ["judge-points", "judge-failures"]) document.getElementById(id).replaceChildren();
  showStatus("Starting ...");
  try {
    await judge();
  } catch (error) {
    showStatus(error instanceof RequestFailed ? error.message : `The page has failed: ${error.message}`);
  } finally {
    current = null;
    startButton.disabled = false;
    stopButton.disabled = true;
  }
});

stopButton.addEventListener("click", () => stopRun().catch((error) => showStatus(error.message)));
form.elements.server.addEventListener("input", () => (form.elements.target.value = "own"));
addEventListener("pagehide", () => stopRun({ keepalive: true }));
