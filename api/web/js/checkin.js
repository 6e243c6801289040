// The check-in's answers: read from the form, put back into it, sent.
import { request } from "hinge/http.js";

/** @typedef {import("types/service").Checkin} Checkin */

/** The tab's key for answers about a set whose video could not be used; the next video takes them over. */
export const CARRIED_KEY = "checkin-carried";

const NUMBERS = /** @type {const} */ (["pain_before", "pain_worst", "pain_after", "rpe"]);

/**
 * The answers in a form of checkin/questions.html; unanswered questions are left out.
 * @param {HTMLFormElement} form
 * @returns {Checkin}
 */
export function readForm(form) {
  const data = new FormData(form);
  /** @type {Checkin} */
  const answers = {};
  for (const name of NUMBERS) if (data.has(name)) answers[name] = Number(data.get(name));
  const load = String(data.get("load_kg") ?? "")
    .trim()
    .replace(",", ".");
  if (load !== "" && Number(load) >= 0 && Number(load) <= 500) answers.load_kg = Number(load);
  if (data.get("stopped_early")) answers.stopped_early = String(data.get("stopped_early"));
  const note = String(data.get("note") ?? "").trim();
  if (note) answers.note = note;
  return answers;
}

/**
 * Puts answers back into the form.
 * @param {HTMLFormElement} form
 * @param {Record<string, unknown> | Checkin} answers
 */
export function fillForm(form, answers) {
  for (const [name, value] of Object.entries(answers)) {
    const field = form.elements.namedItem(name);
    if (!field) continue;
    // Of radio buttons this checks the one with the value.
    if (field instanceof RadioNodeList || field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)
      field.value = String(value);
    const first = field instanceof RadioNodeList ? field.item(0) : field;
    const details = first instanceof Element ? first.closest("details") : null;
    if (details && value !== "") details.open = true;
  }
}

/**
 * Sends the answers.
 * @param {string} recording
 * @param {Checkin} answers
 * @returns {Promise<boolean>} whether the server has them
 */
export async function sendCheckin(recording, answers) {
  try {
    await request(`/recordings/${recording}/checkin`, { method: "PUT", json: answers });
    return true;
  } catch {
    return false; // the caller keeps them and says so
  }
}

/**
 * Calls `onChange` after every tap, and a moment after the last key.
 * @param {HTMLFormElement} form
 * @param {(answers: Checkin) => void} onChange
 */
export function watchForm(form, onChange) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const schedule = (/** @type {number} */ wait) => {
    clearTimeout(timer);
    timer = setTimeout(() => onChange(readForm(form)), wait);
  };
  form.addEventListener("change", () => schedule(0));
  form.addEventListener("input", () => schedule(500));
}
