// Says what to do: aloud if wanted, and always as a caption.
import { find } from "hinge/dom.js";

const KEY = "hinge-voice";

/**
 * Creates the voice and its switch.
 * @param {{caption: HTMLElement, announcement: HTMLElement, button: HTMLElement}} parts the caption on the picture, the
 *   live region, the switch
 * @returns {{say: (text: string) => void, silence: () => void}}
 */
export function createVoice({ caption, announcement, button }) {
  const available = "speechSynthesis" in window;
  let on = available && localStorage.getItem(KEY) !== "off";
  button.hidden = !available;

  function showSwitch() {
    button.setAttribute("aria-pressed", String(on));
    find(button, "[data-voice-on]").hidden = !on;
    find(button, "[data-voice-off]").hidden = on;
  }
  button.addEventListener("click", () => {
    on = !on;
    localStorage.setItem(KEY, on ? "on" : "off");
    if (!on) speechSynthesis.cancel();
    showSwitch();
  });
  showSwitch();

  return {
    say(text) {
      caption.textContent = text;
      caption.hidden = false;
      announcement.textContent = text;
      if (!on) return;
      const utterance = new SpeechSynthesisUtterance(text);
      utterance.lang = document.documentElement.lang;
      speechSynthesis.cancel();
      speechSynthesis.speak(utterance);
    },
    silence() {
      caption.hidden = true;
      announcement.textContent = "";
      if (available) speechSynthesis.cancel();
    },
  };
}
