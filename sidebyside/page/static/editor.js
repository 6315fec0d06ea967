// The editor: the fields of a request, as parts or as raw bytes. An empty field is folded until the reader opens it.

import { callServer } from "./api.js";
import { readAddress, requestNames } from "./address.js";

export const editor = document.getElementById("editor");
const fields = requestNames.map((name) => editor.elements[name]);
const parts = ["method", "path", "fields", "body"];
const safe = ["GET", "HEAD", "OPTIONS"]; // RFC 9110 §9.2.1; TRACE is safe too, but rarely wanted
const ENCODED = /[^!-~]|["<>\\^`{|}]/gu; // what a path must not contain
const PLACEHOLDER = /(\{authority\}|\{origin\})/;

export const isRaw = () => editor.elements.form.value === "raw";

/** Return the request: its parts or the raw bytes, and the URL of the reader's own server. */
export function request() {
  const ignored = isRaw() ? parts : ["raw"];
  return Object.fromEntries(fields.filter(({ name, value }) => !ignored.includes(name) && value).map(({ name, value }) => [name, value]));
}

/** Return whether the page may send the request without being asked: raw bytes may be anything. */
export const isSafe = () => !isRaw() && safe.includes(editor.elements.method.value);

function showForm(form) {
  editor.elements.form.value = form;
  for (const part of editor.querySelectorAll("[data-form]")) part.hidden = part.dataset.form !== form;
}

/** Open the folds of fields that have a value, and close those that have none. */
function fold() {
  for (const each of editor.querySelectorAll(".fold")) {
    each.open = [...each.querySelectorAll("textarea, input, select")].some(({ value }) => value);
  }
}

/** Fill the editor with these parameters. Return false if they contain no request. */
export function fill(parameters) {
  if (!requestNames.some((name) => parameters.has(name))) return false;
  for (const field of fields) field.value = parameters.get(field.name) ?? (field.name === "method" ? "GET" : "");
  showForm(parameters.has("raw") ? "raw" : "parts");
  fold();
  showEncoder();
  return true;
}

/** Return whether the address contains another request than the editor. */
export function differsFromAddress() {
  const { parameters } = readAddress();
  const own = request();
  return requestNames.some((name) => (parameters.get(name) ?? "") !== (own[name] ?? ""));
}

/** Show the raw bytes of the parts. If the parts are not valid, they stay visible, and this throws the reason. */
async function writeRaw() {
  showForm("parts");
  editor.elements.raw.value = await (await callServer("/raw", { data: request() })).text();
  showForm("raw");
}

/** Show the form that the reader has chosen. */
export const changeForm = () => (isRaw() ? writeRaw() : showForm("parts"));

// -- percent-encoding

const encoder = document.getElementById("encode");

function encoded(path) {
  const pieces = path.toWellFormed().split(PLACEHOLDER);
  return pieces.map((piece, at) => (at % 2 ? piece : piece.replace(ENCODED, encodeURIComponent))).join("");
}

/** Offer to encode a path that a request line cannot contain. */
function showEncoder() {
  const { path } = editor.elements;
  encoder.hidden = encoded(path.value) === path.value;
}

encoder.addEventListener("click", () => {
  const { path } = editor.elements;
  path.value = encoded(path.value);
  path.focus();
  path.dispatchEvent(new Event("input", { bubbles: true }));
});
editor.addEventListener("input", showEncoder);
