// The request: sends what is in the editor, and shows the comparison.
//
// A safe request (RFC 9110 §9.2.1) is sent while the reader types. A request in a link is sent at once only if it is
// safe, has no body, and goes to the page's own services alone. The reader should see every other request first.

import { callServer, RequestFailed } from "./api.js";
import { readAddress, requestNames, writeParameters } from "./address.js";
import { showComparison } from "./comparison.js";
import { copyText } from "./copying.js";
import { changeForm, differsFromAddress, editor, fill, isSafe, request } from "./editor.js";
import { remember } from "./history.js";

const PAUSE = 350; // milliseconds without a change, after which a request is sent
const panel = document.getElementById("request");
const example = document.getElementById("example");
const comparison = document.getElementById("comparison");
const statusLine = document.getElementById("status");
let sending = new AbortController();
let typing = 0; // the timer of a change that is not yet sent
let isSettled = true; // whether the next request makes an entry for "back", because the last one was complete

/** Send the request in the editor; `by` is "page", "typing", "leaving" a field, or "reader". */
async function send(by) {
  clearTimeout(typing);
  typing = 0;
  sending.abort();
  sending = new AbortController();
  writeParameters(requestNames, request(), by !== "page" && isSettled ? "pushState" : "replaceState");
  isSettled = by !== "typing";
  await withStatus("Sending …", async () => {
    const response = await callServer("/send", { data: request(), signal: sending.signal });
    showComparison(await response.text());
    const verdict = comparison.querySelector("#verdict");
    if (by === "reader") bringIntoView(verdict);
    if (by !== "page" && isSettled) remember(request(), verdict.textContent);
    return verdict.textContent;
  }, () => comparison.replaceChildren());
}

/** Scroll so that the verdict is at the top, unless it is in the upper half of the window already. */
function bringIntoView(verdict) {
  const { top } = verdict.getBoundingClientRect();
  if (top < 0 || top > innerHeight / 2) verdict.scrollIntoView();
}

function showStatus(text, look = "") {
  statusLine.className = `status-line ${look}`;
  statusLine.textContent = text;
}

/** Run an action and show its status. If it fails, call `undo`. An action that a later one has replaced shows nothing. */
async function withStatus(text, act, undo = () => {}) {
  showStatus(text, "waiting");
  try {
    showStatus(await act(), "unseen");
  } catch (error) {
    if (error.name === "AbortError") return;
    undo();
    showStatus(error instanceof RequestFailed ? error.message : `The page has failed: ${error.message}`, "refused");
  }
}

/** Copy the address of the page, which contains the request. */
async function share({ target }) {
  writeParameters(requestNames, request());
  await copyText(target, location.href);
}

/** Wait until the reader sends the request, without the comparison of an earlier request. */
function wait() {
  sending.abort();
  comparison.replaceChildren();
  showStatus("This link contains a request. Check it, then send it.");
}

/** Fill the editor with the request in the page's address, or the first one; send it if it is safe. */
function open() {
  fill(readAddress().parameters);
  example.value = "";
  isSettled = true;
  const { body, url } = request();
  if (isSafe() && !body && !url) send("page");
  else wait();
}

/** Send a safe request once the reader pauses. */
function onInput({ target }) {
  if (target === example || target.name === "form") return;
  if (target.name !== "url") example.value = "";
  clearTimeout(typing);
  typing = 0;
  if (isSafe()) typing = setTimeout(send, PAUSE, "typing");
}

/** Keep a request that was sent while the reader typed it, once the reader leaves the field. */
function onChange({ target }) {
  if (target.name === "form") return withStatus("", async () => (await changeForm()) ?? "");
  const wasSettled = isSettled;
  isSettled = true;
  if (target === example || !isSafe()) return;
  if (typing) send("leaving");
  else if (!wasSettled && !statusLine.matches(".waiting")) remember(request(), statusLine.textContent);
}

editor.addEventListener("submit", (event) => {
  event.preventDefault();
  send("reader");
});
editor.addEventListener("input", onInput);
editor.addEventListener("change", onChange);
example.addEventListener("change", () => {
  if (!example.value) return;
  const { url, servers } = editor.elements; // examples have none
  const kept = { url: url.value, servers: servers.value };
  fill(new URLSearchParams({ ...Object.fromEntries(new URLSearchParams(example.value)), ...kept }));
  send("reader");
});
comparison.addEventListener("click", ({ target }) => {
  if (!("servers" in target.dataset)) return;
  editor.elements.servers.value = target.dataset.servers;
  send("reader");
});
document.getElementById("share").addEventListener("click", share);
addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || editor.offsetParent === null) return;
  event.preventDefault();
  editor.requestSubmit();
});
panel.addEventListener("tabopen", () => {
  if (differsFromAddress() || !comparison.childElementCount) open();
});
