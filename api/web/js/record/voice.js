// Says what is to be done: aloud where wanted, and always as a caption.

const KEY = "hinge-voice";

/**
 * @param {{caption: HTMLElement, said: HTMLElement, button: HTMLButtonElement}} parts the caption on the picture, the
 *   live region, the switch
 */
export function voice({ caption, said, button }) {
  const can = "speechSynthesis" in window;
  let on = can && localStorage.getItem(KEY) !== "off";
  button.hidden = !can;

  function shown() {
    button.setAttribute("aria-pressed", String(on));
    button.querySelector("[data-voice-on]").hidden = !on;
    button.querySelector("[data-voice-off]").hidden = on;
  }
  button.addEventListener("click", () => {
    on = !on;
    localStorage.setItem(KEY, on ? "on" : "off");
    if (!on) speechSynthesis.cancel();
    shown();
  });
  shown();

  return {
    /** @param {string} text */
    say(text) {
      caption.textContent = text;
      caption.hidden = false;
      said.textContent = text;
      if (!on) return;
      const utterance = new SpeechSynthesisUtterance(text);
      utterance.lang = document.documentElement.lang;
      speechSynthesis.cancel();
      speechSynthesis.speak(utterance);
    },
    hush() {
      caption.hidden = true;
      said.textContent = "";
      if (can) speechSynthesis.cancel();
    },
  };
}
