// The way of a request as a picture: stations, and the data that moves from one to the next. It moves only when the reader
// asks for that, and jumps where the reader wants no motion.

const STAY = 1100; // milliseconds at a station
const comparison = document.getElementById("comparison");
let playing = 0; // the timer of the next step

const current = (way) => Number(way.dataset.at ?? -1);

/** Move the data to a station, and show the step that belongs to it. */
function moveTo(way, at) {
  const buttons = [...way.querySelectorAll("[data-station]")];
  const steps = [...way.querySelectorAll(".trace > li")];
  way.dataset.at = at;
  for (const [index, button] of buttons.entries()) {
    button.setAttribute("aria-pressed", index === at);
    steps[index].classList.toggle("current", index === at);
  }
  const cargo = way.querySelector(".cargo");
  cargo.textContent = buttons[at].dataset.carries;
  const { offsetLeft, offsetTop, offsetHeight } = buttons[at].parentElement;
  cargo.style.transform = `translate(${offsetLeft}px, ${offsetTop + offsetHeight}px)`;
}

const lengthOf = (way) => way.querySelectorAll("[data-station]").length;

function stop() {
  clearTimeout(playing);
  playing = 0;
}

/** Move from station to station up to the last one. */
function play(way, at) {
  if (!way.isConnected || at >= lengthOf(way)) return stop();
  moveTo(way, at);
  playing = setTimeout(play, STAY, way, at + 1);
}

/** Show the way through one service: the chosen one, or the first. */
export function showWay(name) {
  stop();
  const ways = [...comparison.querySelectorAll(".way")];
  const shown = ways.find(({ dataset }) => dataset.way === name) ?? ways[0];
  for (const way of ways) way.hidden = way !== shown;
  for (const choice of comparison.querySelectorAll('[name="way"]')) choice.checked = choice.value === shown?.dataset.way;
  if (shown) moveTo(shown, Math.max(0, current(shown)));
}

comparison.addEventListener("click", ({ target }) => {
  const way = target.closest(".way");
  if (!way || !target.matches("[data-station], [data-play], [data-next]")) return;
  stop();
  if ("play" in target.dataset) play(way, 0);
  else moveTo(way, "next" in target.dataset ? (current(way) + 1) % lengthOf(way) : Number(target.dataset.station));
});
