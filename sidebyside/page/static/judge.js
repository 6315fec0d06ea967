// The contract: starts a run of the judge, asks for its news, and shows points and failures as they arrive. The address
// of the page contains the run, so that a reload or a link shows its results again.

import { readAddress, writeParameters } from "./address.js";
import { callServer, RequestFailed } from "./api.js";
import { Causes } from "./causes.js";
import { Points } from "./points.js";
import { Printed } from "./printed.js";
import { openFromAddress } from "./tabs.js";
import { Verdicts } from "./verdicts.js";

const NAMES = ["run", "stages", "server", "judged"]; // parameters of the address
const GONE = "The page's server no longer has the results of this run. Press Judge to run it again.";
const panel = document.getElementById("contract");
const form = document.getElementById("judge");
const startButton = form.querySelector('[type="submit"]');
const stopButton = document.getElementById("judge-stop");
const statusLine = document.getElementById("judge-status");

let shown = ""; // the id of the run whose results are shown
let current = null; // the run that has not ended

function showStatus(text) {
  if (statusLine.textContent !== text) statusLine.textContent = text;
}

/** The results of one run. */
class Results {
  constructor(run) {
    this.points = new Points(run);
    this.causes = new Causes(ownServer());
    this.verdicts = new Verdicts(run);
    this.printed = new Printed(target() === "command");
    this.counts = { passed: 0, failed: 0, skipped: 0 };
    document.getElementById("judge-points").replaceChildren(this.points.element);
    document.getElementById("judge-failures").replaceChildren(this.causes.element, this.verdicts.element);
  }

  show({ news, servers, groups, printed }) {
    for (const each of news) this.add(each);
    for (const server of servers) this.points.update(server);
    if (news.length) this.causes.show(groups);
    this.printed.add(printed);
  }

  add(news) {
    this.points.add(news);
    if (!news.final) return;
    this.verdicts.add(news);
    if (news.verdict === "failed") this.causes.add(news);
    if (news.verdict === "failed" || news.counts) this.counts[news.verdict] += 1;
  }

  /** Return a sentence with the points of all servers. */
  verdict(servers) {
    this.causes.openFirst();
    const seconds = servers.reduce((sum, server) => sum + server.seconds, 0).toFixed(1);
    const points = servers.map(({ name, points, max_points }) => `${name} ${points} of ${max_points}`).join(", ");
    return `${this.problems() || "All rules passed"}: ${points} points, in ${seconds} s.`;
  }

  /** Return the numbers of failed and skipped rules; an empty string if there are none. */
  problems() {
    const { failed, skipped } = this.counts;
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

async function askForNews(id, next, printed) {
  return (await callServer(`/judge/${id}?from=${next}&printed=${printed}`, { method: "GET" })).json();
}

/** Show the results of a run, and ask for its news until it is over. */
async function follow(id) {
  shown = current = id;
  let results = null;
  for (let next = 0; current === id; ) {
    const update = await askForNews(id, next, results?.printed.lines ?? 0);
    results ??= new Results(update.run);
    next = update.next;
    results.show(update);
    const end = ENDS[update.state];
    if (end) {
      showStatus(end(results, update.servers));
      return openFromAddress(); // a link may lead to one of the results
    }
    stopButton.disabled = false; // before, there is no run to stop
    showStatus(progress(update));
  }
}

const target = () => form.elements.target.value;
const ownServer = () => (target() === "own" ? form.elements.server.value.trim() : "");

/** Return the stages from "2" or "1-3"; null means all. */
function stagesFrom(text) {
  if (!text) return null;
  const [first, last] = text.split("-").map(Number);
  return Array.from({ length: (last ?? first) - first + 1 }, (_, at) => first + at);
}

async function startRun() {
  const { value: stages } = form.elements.stages;
  const command = target() === "command";
  const data = { stages: stagesFrom(stages), url: target() === "own" ? ownServer() : null, command };
  const { id } = await (await callServer("/judge", { data })).json();
  writeParameters(NAMES, { run: id, stages, server: ownServer(), judged: command ? "command" : "" });
  await follow(id);
}

/** Run an action of a run; meanwhile no other run can be started. */
async function exclusively(act) {
  startButton.disabled = true;
  for (const id of ["judge-points", "judge-failures"]) document.getElementById(id).replaceChildren();
  showStatus("Starting ...");
  try {
    await act();
  } catch (error) {
    showStatus(error instanceof RequestFailed ? error.message : `The page has failed: ${error.message}`);
  } finally {
    current = null;
    startButton.disabled = false;
    stopButton.disabled = true;
  }
}

/** Show the run in the address again: the form as it was, and the results if the page's server still has them. */
function restore() {
  const { parameters } = readAddress();
  const id = parameters.get("run");
  if (!id || id === shown) return;
  form.elements.stages.value = parameters.get("stages") ?? "";
  form.elements.server.value = parameters.get("server") ?? "";
  form.elements.target.value = parameters.has("server") ? "own" : (parameters.get("judged") ?? "services");
  exclusively(() => follow(id).catch((error) => {
    throw error instanceof RequestFailed ? new RequestFailed(GONE) : error;
  }));
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  exclusively(startRun);
});
stopButton.addEventListener("click", () => {
  callServer(`/judge/${current}/stop`).catch((error) => showStatus(error.message));
});
form.elements.server.addEventListener("input", () => (form.elements.target.value = "own"));
panel.addEventListener("tabopen", restore);
