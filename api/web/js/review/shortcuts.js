// Single-key shortcuts for people who review a lot; they can be switched off, and never act while one types.
import { findAs } from "hinge/dom.js";

const OFF_KEY = "hinge-keys-off";
const TYPING = 'input:not([type="radio"], [type="checkbox"]), select, textarea, [contenteditable], dialog';
const PRESSED = "button, a, summary, [type=radio], [type=checkbox]";

/**
 * Binds the shortcuts.
 * @param {Record<string, () => void>} actions by `event.key`
 * @param {HTMLDialogElement} sheet opened by `?`; holds the switch
 */
export function bindShortcuts(actions, sheet) {
  const toggle = findAs(sheet, "[data-keys-on]", HTMLInputElement);
  toggle.checked = localStorage.getItem(OFF_KEY) === null;
  toggle.addEventListener("change", () => {
    if (toggle.checked) localStorage.removeItem(OFF_KEY);
    else localStorage.setItem(OFF_KEY, "yes");
  });
  document.addEventListener("keydown", (event) => {
    const { target } = event;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!toggle.checked || !(target instanceof Element) || target.closest(TYPING)) return;
    // Space presses the focused control; arrows choose among radio buttons.
    if (target.closest(PRESSED) && (event.key === " " || event.key === "Enter")) return;
    if (event.key.startsWith("Arrow") && target.matches("[type=radio], [data-handle]")) return;
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
