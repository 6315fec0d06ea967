// The ladder of lessons: loads a rung when it is opened, starts and ends it, types its example, and has it judged.

import { callServer, RequestFailed } from "./api.js";
import { createElement } from "./elements.js";

const HEARTBEAT = 4000; // milliseconds
const statusLine = document.getElementById("lesson-status");
const rungs = [...document.querySelectorAll(".rung")];
const running = new Map(); // the number of a rung and where it listens

function showRunning() {
  const places = [...running].map(([number, place]) => `${number} on ${place.startsWith("/") ? place : `port ${place}`}`);
  statusLine.textContent = places.length ? `Running: ${places.join(", ")}. They end when you close this page.` : "";
  for (const rung of rungs) {
    for (const button of rung.querySelectorAll('[data-act="stop"]')) button.disabled = !running.has(rung.dataset.number);
  }
}

const post = async (path, options) => (await callServer(`/lessons/${path}`, options)).json();

const ACTS = {
  async start({ number }, output) {
    const { place, commands } = await post(`${number}/start`);
    running.set(number, place);
    output.replaceChildren(
      createElement("p", {}, "It runs. Talk to it in a terminal, in the folder of the project:"),
      createElement("pre", {}, commands.join("\n")),
    );
  },
  async stop({ number }, output) {
    await post(`${number}/stop`);
    running.delete(number);
    output.replaceChildren(createElement("p", {}, "It has ended."));
  },
  async example({ number }, output) {
    const { typed } = await post(`${number}/example`);
    output.replaceChildren(...typed.map(({ command, output: text }) => createElement("pre", {}, `$ ${command}\n${text}`)));
    await beat();
  },
  async judge({ number }, output) {
    await ACTS.start({ number }, output);
    const form = document.getElementById("judge");
    form.elements.server.value = `http://127.0.0.1:${running.get(number)}/`;
    form.elements.target.value = "own";
    document.getElementById("tab-contract").click();
    form.requestSubmit();
  },
};

async function act(button, rung) {
  const output = rung.querySelector(".rung-output");
  button.disabled = true;
  output.replaceChildren(createElement("p", {}, "Working ..."));
  try {
    await ACTS[button.dataset.act](rung.dataset, output);
  } catch (error) {
    output.replaceChildren(createElement("p", {}, error instanceof RequestFailed ? error.message : `The page has failed: ${error.message}`));
  } finally {
    button.disabled = false;
    showRunning();
  }
}

async function load(rung) {
  const content = rung.querySelector(".rung-content");
  if (content.childElementCount) return;
  content.innerHTML = await (await callServer(`/lessons/${rung.dataset.number}`, { method: "GET" })).text();
  for (const button of content.querySelectorAll("[data-act]")) button.addEventListener("click", () => act(button, rung));
  showRunning();
}

/** Ask which rungs run. The page's server ends them if this stops. */
async function beat() {
  const { running: places } = await (await callServer("/lessons", { method: "GET" })).json();
  running.clear();
  for (const [number, place] of Object.entries(places)) running.set(number, place);
  showRunning();
}

for (const rung of rungs) {
  rung.addEventListener("toggle", () => rung.open && load(rung).catch((error) => (statusLine.textContent = error.message)));
}
setInterval(() => running.size && beat().catch(() => {}), HEARTBEAT);
addEventListener("pagehide", () => running.size && callServer("/lessons/stop", { keepalive: true }).catch(() => {}));
