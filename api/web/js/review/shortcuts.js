// Single keys for whoever reviews much; they can be switched off, and never act while something is typed.

const OFF = "hinge-keys-off";
const TYPING = 'input:not([type="radio"], [type="checkbox"]), select, textarea, [contenteditable], dialog';
const PRESSED = "button, a, summary, [type=radio], [type=checkbox]";

/**
 * @param {Record<string, () => void>} actions by `event.key`
 * @param {HTMLDialogElement} sheet what `?` shows; holds the switch
 */
export function keys(actions, sheet) {
  const toggle = sheet.querySelector("[data-keys-on]");
  toggle.checked = localStorage.getItem(OFF) === null;
  toggle.addEventListener("change", () => {
    if (toggle.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "yes");
  });
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!toggle.checked || event.target.closest(TYPING)) return;
    const on = event.target.closest(PRESSED);
    // Space presses what has the focus; arrows choose among radio buttons.
    if (on && (event.key === " " || event.key === "Enter")) return;
    if (event.key.startsWith("Arrow") && event.target.matches("[type=radio], [data-handle]")) return;
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
