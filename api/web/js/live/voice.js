// Says each thing once, in the language of the page; counts aloud or with a short tone.

const STORED = { voice: "hinge-voice", beeps: "hinge-live-beeps" };

/**
 * @param {{voice: HTMLButtonElement, beeps: HTMLButtonElement, said: HTMLElement}} parts two switches and the live region
 * @param {(say: {kind: string, code: string, text: string}) => string} wordsOf
 */
export function voice(parts, wordsOf) {
  const can = "speechSynthesis" in window;
  const on = {
    voice: can && localStorage.getItem(STORED.voice) !== "off",
    beeps: localStorage.getItem(STORED.beeps) === "on",
  };
  let sound = null;
  let last = 0;
  parts.voice.hidden = !can;
  for (const name of ["voice", "beeps"]) {
    const button = parts[name];
    const show = () => {
      button.setAttribute("aria-pressed", String(on[name]));
      for (const each of button.querySelectorAll("[data-on]")) each.hidden = (each.dataset.on === "yes") !== on[name];
    };
    button.addEventListener("click", () => {
      on[name] = !on[name];
      localStorage.setItem(STORED[name], on[name] ? "on" : "off");
      if (name === "voice" && !on.voice) speechSynthesis.cancel();
      show();
    });
    show();
  }

  function speak(text) {
    if (!on.voice) return;
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.lang = document.documentElement.lang;
    speechSynthesis.cancel(); // what is not said by now is old
    speechSynthesis.speak(utterance);
  }

  function beep() {
    sound ??= new AudioContext();
    const tone = sound.createOscillator();
    const loud = sound.createGain();
    tone.frequency.value = 880;
    loud.gain.setValueAtTime(0.25, sound.currentTime);
    loud.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + 0.18);
    tone.connect(loud).connect(sound.destination);
    tone.start();
    tone.stop(sound.currentTime + 0.2);
  }

  return {
    /** A press on the page lets sounds through later. */
    wake() {
      if (on.beeps) sound ??= new AudioContext();
      sound?.resume();
    },
    /** @param {{id: number, kind: string, code: string, text: string}} say */
    say(say) {
      if (say.id <= last) return;
      last = say.id;
      const text = wordsOf(say);
      if (say.kind !== "count" || parts.said.textContent !== text) parts.said.textContent = text;
      if (say.kind === "count" && on.beeps) beep();
      else speak(text);
    },
    /** Another line may use a number again. */
    anew() {
      last = 0;
    },
    toggle: () => parts.voice.click(),
    hush() {
      if (can) speechSynthesis.cancel();
    },
  };
}
