// Sets the theme that the reader has chosen, before the browser paints anything. The default is the system's theme.

const chosen = localStorage.getItem("theme");
if (chosen) document.documentElement.dataset.theme = chosen;
