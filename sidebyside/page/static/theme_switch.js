// Switches between the system's theme, the light and the dark one.

const root = document.documentElement;
const choices = document.querySelectorAll('[name="theme"]');

function apply(theme) {
  if (theme === "auto") {
    delete root.dataset.theme;
    localStorage.removeItem("theme");
  } else {
    root.dataset.theme = theme;
    localStorage.setItem("theme", theme);
  }
}

for (const choice of choices) {
  choice.checked = choice.value === (root.dataset.theme ?? "auto");
  choice.addEventListener("change", () => apply(choice.value));
}
