// Says each thing once, in the language of the page; counts aloud or with a short tone.
import { findAll } from "hinge/dom.js";

/** @typedef {import("types/live").Phrase} Phrase */
/** @typedef {"voice" | "beeps"} Switch */

/** @type {Record<Switch, string>} */
const KEYS = { voice: "hinge-voice", beeps: "hinge-live-beeps" };

/** Speaks phrases and beeps counts. */
export class Voice {
  /** @type {AudioContext | null} */
  #audio = null;
  #lastId = 0;

  /**
   * @param {{voice: HTMLElement, beeps: HTMLElement, announcement: HTMLElement}} parts two switches and the live region
   * @param {(phrase: Phrase) => string} phraseText
   */
  constructor(parts, phraseText) {
    this.parts = parts;
    this.phraseText = phraseText;
    this.available = "speechSynthesis" in window;
    /** @type {Record<Switch, boolean>} */
    this.on = {
      voice: this.available && localStorage.getItem(KEYS.voice) !== "off",
      beeps: localStorage.getItem(KEYS.beeps) === "on",
    };
    parts.voice.hidden = !this.available;
    this.#bindSwitch("voice");
    this.#bindSwitch("beeps");
  }

  /** Lets sounds through later: browsers allow it on a press only. */
  unlockAudio() {
    if (this.on.beeps) this.#audio ??= new AudioContext();
    this.#audio?.resume();
  }

  /** Says a phrase that was not said yet. @param {import("types/live").NumberedPhrase} phrase */
  say(phrase) {
    if (phrase.id <= this.#lastId) return;
    this.#lastId = phrase.id;
    const text = this.phraseText(phrase);
    const { announcement } = this.parts;
    if (phrase.kind !== "count" || announcement.textContent !== text) announcement.textContent = text;
    if (phrase.kind === "count" && this.on.beeps) this.#beep();
    else this.#speak(text);
  }

  /** A new connection may use a number again. */
  resetNumbers() {
    this.#lastId = 0;
  }

  toggle() {
    this.parts.voice.click();
  }

  silence() {
    if (this.available) speechSynthesis.cancel();
  }

  /** @param {Switch} name */
  #bindSwitch(name) {
    const { on } = this;
    const button = this.parts[name];
    const show = () => {
      button.setAttribute("aria-pressed", String(on[name]));
      for (const each of findAll(button, "[data-on]")) each.hidden = (each.dataset.on === "yes") !== on[name];
    };
    button.addEventListener("click", () => {
      on[name] = !on[name];
      localStorage.setItem(KEYS[name], on[name] ? "on" : "off");
      if (name === "voice" && !on.voice) speechSynthesis.cancel();
      show();
    });
    show();
  }

  /** @param {string} text */
  #speak(text) {
    if (!this.on.voice) return;
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.lang = document.documentElement.lang;
    speechSynthesis.cancel(); // what has not been said by now is out of date
    speechSynthesis.speak(utterance);
  }

  #beep() {
    this.#audio ??= new AudioContext();
    const audio = this.#audio;
    const tone = audio.createOscillator();
    const gain = audio.createGain();
    tone.frequency.value = 880;
    gain.gain.setValueAtTime(0.25, audio.currentTime);
    gain.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.18);
    tone.connect(gain).connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + 0.2);
  }
}
