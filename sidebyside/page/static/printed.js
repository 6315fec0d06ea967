// What a command prints while it is judged, beside the results.

const section = document.getElementById("judge-printed");
const pre = section.querySelector("pre");

/** The output of one run: shown for a command, even while it prints nothing. */
export class Printed {
  constructor(isShown) {
    this.lines = 0;
    section.hidden = !isShown;
    pre.textContent = "";
  }

  /** Add lines. The end stays in view, unless the reader has scrolled up. */
  add(lines) {
    if (!lines.length) return;
    const isAtEnd = pre.scrollTop + pre.clientHeight >= pre.scrollHeight - 2;
    this.lines += lines.length;
    pre.append(lines.map((line) => `${line}\n`).join(""));
    if (isAtEnd) pre.scrollTop = pre.scrollHeight;
  }
}
