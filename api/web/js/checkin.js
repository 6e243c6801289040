// The check-in's answers, kept with every tap.
import { ask } from "hinge/http.js";

/** Where this tab keeps what was said of a set whose video could not be used, for the next one. */
export const CARRIED = "checkin-carried";

const FIGURES = ["pain_before", "pain_worst", "pain_after", "rpe"];

/** What a form of checkin/questions.html says; what was left out is left out. @param {HTMLFormElement} form */
export function gathered(form) {
  const data = new FormData(form);
  const said = {};
  for (const name of FIGURES) if (data.has(name)) said[name] = Number(data.get(name));
  const load = String(data.get("load_kg") ?? "").trim().replace(",", ".");
  if (load !== "" && Number(load) >= 0 && Number(load) <= 500) said.load_kg = Number(load);
  if (data.get("stopped_early")) said.stopped_early = data.get("stopped_early");
  const note = String(data.get("note") ?? "").trim();
  if (note) said.note = note;
  return said;
}

/** Put answers back. @param {HTMLFormElement} form @param {object} said */
export function filled(form, said) {
  for (const [name, value] of Object.entries(said)) {
    const field = form.elements.namedItem(name);
    if (!field) continue;
    field.value = String(value); // of radio buttons: the one with this value
    const within = (field.item?.(0) ?? field).closest("details");
    if (within && value !== "") within.open = true;
  }
}

/** @param {string} recording @param {object} said @returns {Promise<boolean>} whether the server has it */
export async function sendCheckin(recording, said) {
  try {
    await ask(`/recordings/${recording}/checkin`, { method: "PUT", json: said });
    return true;
  } catch {
    return false; // the caller keeps it and says so
  }
}

/**
 * Call `changed` after every tap, and a moment after the last key.
 * @param {HTMLFormElement} form
 * @param {(said: object) => void} changed
 */
export function watched(form, changed) {
  let later;
  const soon = (wait) => {
    clearTimeout(later);
    later = setTimeout(() => changed(gathered(form)), wait);
  };
  form.addEventListener("change", () => soon(0));
  form.addEventListener("input", () => soon(500));
}
