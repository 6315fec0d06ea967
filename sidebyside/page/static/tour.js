// The tour: six places of the page, one after the other. It begins only when the reader asks for it.

const tour = document.getElementById("tour");
const startButton = document.getElementById("tour-start");
const stops = [...tour.querySelectorAll("li")];
const STEPS = { next: 1, back: -1 };
let at = 0;

const target = () => document.querySelector(stops[at].dataset.target);

/** Show one stop: its text, and a frame around its place. */
function show() {
  for (const [index, stop] of stops.entries()) stop.hidden = index !== at;
  tour.querySelector('[data-tour="back"]').disabled = at === 0;
  tour.querySelector('[data-tour="next"]').textContent = at === stops.length - 1 ? "Finish" : "Next";
  tour.querySelector(".of").textContent = `${at + 1} of ${stops.length}`;
  target()?.classList.add("toured");
  target()?.scrollIntoView({ block: "center" });
}

function start() {
  at = 0;
  tour.showPopover();
  show();
  tour.querySelector('[data-tour="next"]').focus();
}

function end() {
  tour.hidePopover();
  startButton.focus();
}

function step(name) {
  target()?.classList.remove("toured");
  at += STEPS[name] ?? stops.length;
  if (at < stops.length) show();
  else end();
}

startButton.addEventListener("click", start);
tour.addEventListener("click", ({ target: button }) => button.dataset.tour && step(button.dataset.tour));
tour.addEventListener("keydown", ({ key }) => key === "Escape" && step("end"));
