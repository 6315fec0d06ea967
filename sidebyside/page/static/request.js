// The request: the editor, sending, and the link that holds it.
//
// A link fills the editor. It sends by itself only what is safe (RFC 9110 §9.2.1) and goes to the three alone: who
// follows a link should see all else before it is sent.

import { ask, Refused } from "./asking.js";

const editor = document.getElementById("editor");
const example = document.getElementById("example");
const answers = document.getElementById("answers");
const said = document.getElementById("said");
const fields = ["method", "path", "fields", "body", "raw", "url"].map((name) => editor.elements[name]);
const parts = fields.slice(0, 4);
const initial = new Map(fields.map((field) => [field.name, field.defaultValue]));
const safe = ["GET", "HEAD", "OPTIONS"];
let sending = new AbortController();

const isRaw = () => editor.elements.form.value === "raw";

/** Return what is asked for: all parts or the raw bytes, and the reader's own server. */
function request() {
  const ignored = isRaw() ? parts : [editor.elements.raw];
  return Object.fromEntries(fields.filter((each) => !ignored.includes(each) && each.value).map((each) => [each.name, each.value]));
}

function showForm(form) {
  editor.elements.form.value = form;
  for (const part of editor.querySelectorAll("[data-form]")) part.hidden = part.dataset.form !== form;
}

/** Fill the editor from a link, and tell whether there was one. */
function fill(fragment) {
  const given = new URLSearchParams(fragment.replace(/^#/, "").replaceAll("+", "%2B"));
  if (!fields.some(({ name }) => given.has(name))) return false;
  for (const field of fields) field.value = given.get(field.name) ?? (field.name === "method" ? "GET" : "");
  showForm(given.has("raw") ? "raw" : "parts");
  return true;
}

const link = () => `#${Object.entries(request()).map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&")}`;

/** Send what is in the editor. Answers that a reader has asked for are brought into sight. */
async function send(by) {
  sending.abort();
  sending = new AbortController();
  history.replaceState(null, "", link());
  await telling("Asking …", async () => {
    const response = await ask("/send", { data: request(), signal: sending.signal });
    answers.innerHTML = await response.text();
    showView(answers.dataset.view);
    if (by === "reader") said.scrollIntoView({ block: "nearest" });
    return answers.querySelector("#verdict").textContent;
  }, () => answers.replaceChildren());
}

function say(text, look = "") {
  said.className = `said ${look}`;
  said.textContent = text;
}

/** Do something, and say what comes of it, undoing what it has not replaced; what was asked for before, and is not wanted any more, says nothing. */
async function telling(begin, act, undo = () => {}) {
  say(begin, "waiting");
  try {
    say(await act(), "unseen");
  } catch (error) {
    if (error.name === "AbortError") return;
    undo();
    say(error instanceof Refused ? error.message : `The page has failed: ${error.message}`, "refused");
  }
}

/** Show the raw bytes that the parts make; parts that make none stay in sight, with the reason. */
async function writeRaw() {
  showForm("parts");
  await telling("", async () => {
    editor.elements.raw.value = await (await ask("/raw", { data: request() })).text();
    showForm("raw");
    return "";
  });
}

const changeForm = () => (isRaw() ? writeRaw() : showForm("parts"));

/** Show bodies as text, rendered, or as bytes; a frame gets its document only once it is looked at. */
function showView(view) {
  answers.dataset.view = view;
  for (const choice of answers.querySelectorAll('[name="view"]')) choice.checked = choice.value === view;
  if (view !== "rendered") return;
  for (const frame of answers.querySelectorAll("[data-document]:not([srcdoc])")) frame.srcdoc = frame.dataset.document;
}

async function share() {
  history.replaceState(null, "", link());
  const copied = await navigator.clipboard.writeText(location.href).then(() => "; it is copied", () => "");
  say(`The address of this page holds the request${copied}.`);
}

editor.addEventListener("submit", (event) => {
  event.preventDefault();
  send("reader");
});
editor.addEventListener("change", (event) => {
  if (event.target.name === "form") changeForm();
});
example.addEventListener("change", () => {
  const { value } = editor.elements.url; // which no example names
  if (!fill(example.value)) return;
  editor.elements.url.value = value;
  send("reader");
});
editor.addEventListener("input", (event) => {
  if (event.target !== example && event.target.name !== "url") example.value = "";
});
answers.addEventListener("change", (event) => showView(event.target.value));
document.getElementById("share").addEventListener("click", share);
addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || editor.offsetParent === null) return;
  event.preventDefault();
  editor.requestSubmit();
});
addEventListener("hashchange", open);

/** Take the request of the page's address, or the first one; send it if it may be sent unasked. */
function open() {
  const isGiven = fill(location.hash);
  if (!isGiven && location.hash) return;
  example.value = "";
  const { raw, body, url, method } = request();
  if (!raw && !body && !url && safe.includes(method)) send();
  else wait();
}

/** Leave it to the reader to send what is in the editor; answers to another request would be taken for its own. */
function wait() {
  sending.abort();
  answers.replaceChildren();
  say("This link holds a request. Look at it, then send it.");
}

open();
