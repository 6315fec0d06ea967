// The request: the editor, sending, and the link that contains the request.
//
// A link fills the editor. A request in a link is sent at once only if its method is safe (RFC 9110 §9.2.1) and it goes
// to the three services alone. The reader should see every other request before it is sent.

import { callServer, RequestFailed } from "./api.js";

const editor = document.getElementById("editor");
const example = document.getElementById("example");
const comparison = document.getElementById("comparison");
const statusLine = document.getElementById("status");
const fields = ["method", "path", "fields", "body", "raw", "url"].map((name) => editor.elements[name]);
const parts = fields.slice(0, 4);
const initial = new Map(fields.map((field) => [field.name, field.defaultValue]));
const safe = ["GET", "HEAD", "OPTIONS"];
let sending = new AbortController();

const isRaw = () => editor.elements.form.value === "raw";

/** Return the request: its parts or the raw bytes, and the URL of the reader's own server. */
function request() {
  const ignored = isRaw() ? parts : [editor.elements.raw];
  return Object.fromEntries(fields.filter((each) => !ignored.includes(each) && each.value).map((each) => [each.name, each.value]));
}

function showForm(form) {
  editor.elements.form.value = form;
  for (const part of editor.querySelectorAll("[data-form]")) part.hidden = part.dataset.form !== form;
}

/** Fill the editor from a link. Return false if the address has no request. */
function fill(fragment) {
  const given = new URLSearchParams(fragment.replace(/^#/, "").replaceAll("+", "%2B"));
  if (!fields.some(({ name }) => given.has(name))) return false;
  for (const field of fields) field.value = given.get(field.name) ?? (field.name === "method" ? "GET" : "");
  showForm(given.has("raw") ? "raw" : "parts");
  return true;
}

const link = () => `#${Object.entries(request()).map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&")}`;

/** Send the request in the editor. If the reader has started it, scroll to the comparison. */
async function send(by) {
  sending.abort();
  sending = new AbortController();
  history.replaceState(null, "", link());
  await withStatus("Sending …", async () => {
    const response = await callServer("/send", { data: request(), signal: sending.signal });
    comparison.innerHTML = await response.text();
    showView(comparison.dataset.view);
    if (by === "reader") statusLine.scrollIntoView({ block: "nearest" });
    return comparison.querySelector("#verdict").textContent;
  }, () => comparison.replaceChildren());
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

/** Show the raw bytes of the parts. If the parts are not valid, they stay visible, with the reason. */
async function writeRaw() {
  showForm("parts");
  await withStatus("", async () => {
    editor.elements.raw.value = await (await callServer("/raw", { data: request() })).text();
    showForm("raw");
    return "";
  });
}

const changeForm = () => (isRaw() ? writeRaw() : showForm("parts"));

/** Show bodies as text, rendered, or as bytes. A frame gets its document when it is first visible. */
function showView(view) {
  comparison.dataset.view = view;
  for (const choice of comparison.querySelectorAll('[name="view"]')) choice.checked = choice.value === view;
  if (view !== "rendered") return;
  for (const frame of comparison.querySelectorAll("[data-document]:not([srcdoc])")) frame.srcdoc = frame.dataset.document;
}

async function share() {
  history.replaceState(null, "", link());
  const copied = await navigator.clipboard.writeText(location.href).then(() => ". It has been copied", () => "");
  showStatus(`The address of this page contains the request${copied}.`);
}

editor.addEventListener("submit", (event) => {
  event.preventDefault();
  send("reader");
});
editor.addEventListener("change", (event) => {
  if (event.target.name === "form") changeForm();
});
example.addEventListener("change", () => {
  const { value } = editor.elements.url; // examples have no URL
  if (!fill(example.value)) return;
  editor.elements.url.value = value;
  send("reader");
});
editor.addEventListener("input", (event) => {
  if (event.target !== example && event.target.name !== "url") example.value = "";
});
comparison.addEventListener("change", (event) => showView(event.target.value));
document.getElementById("share").addEventListener("click", share);
addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || editor.offsetParent === null) return;
  event.preventDefault();
  editor.requestSubmit();
});
addEventListener("hashchange", open);

/** Fill the editor with the request in the page's address, or the first one; send it if it is safe. */
function open() {
  const isGiven = fill(location.hash);
  if (!isGiven && location.hash) return;
  example.value = "";
  const { raw, body, url, method } = request();
  if (!raw && !body && !url && safe.includes(method)) send();
  else wait();
}

/** Wait until the reader sends the request, without the comparison of an earlier request. */
function wait() {
  sending.abort();
  comparison.replaceChildren();
  showStatus("This link contains a request. Check it, then send it.");
}

open();
