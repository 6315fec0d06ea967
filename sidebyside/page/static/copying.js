// Copies text to the clipboard. The button that asked for it shows for a moment whether that worked.

const SHOWN = 2000; // milliseconds
const announcements = document.getElementById("announcements");

export async function copyText(button, text) {
  const label = button.dataset.label ?? button.textContent;
  button.dataset.label = label;
  const result = await navigator.clipboard.writeText(text).then(() => "Copied", () => "Not copied: the browser refused");
  button.textContent = announcements.textContent = result;
  setTimeout(() => (button.textContent = label), SHOWN);
}
