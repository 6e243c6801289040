// What is read from three metres: the count, the phase, two bars, one thing to do, one caption.

/** Degrees that fill a bar. */
const FULL_DEG = { hip: 100, lumbar: 40 };

/**
 * @param {HTMLElement} root
 * @param {(key: string, figures?: object) => string} t
 * @param {(say: {kind: string, code: string, text: string}) => string} wordsOf
 */
export function board(root, t, wordsOf) {
  const part = (name) => root.querySelector(`[data-${name}]`);
  const drawings = new Map([...root.querySelectorAll("[data-drawing]")].map((each) => [each.dataset.drawing, each]));
  const state = {};

  function text(name, words) {
    const place = part(name);
    if (place.textContent !== words) place.textContent = words;
  }

  function instruct(instruction) {
    const words = instruction ? wordsOf({ kind: "instruction", ...instruction }) : "";
    text("instruction", words);
    part("instruction").hidden = !words;
    for (const [code, drawing] of drawings) drawing.hidden = code !== instruction?.code;
    root.dataset.drawn = String(drawings.has(instruction?.code));
  }

  function bar(name, reading) {
    const place = root.querySelector(`[data-bar="${name}"]`);
    place.dataset.known = String(Boolean(reading));
    const words = reading ? t("live-degrees", { value: Math.round(reading.deg) || 0, error: Math.round(1.96 * reading.se) }) : t("shell-cannot-tell");
    place.querySelector("[data-value]").textContent = words;
    const share = (deg) => Math.min(1, Math.max(0, deg / FULL_DEG[name]));
    const set = (key, value) => place.style.setProperty(key, String(value));
    set("--share", reading ? share(reading.deg) : 0);
    set("--low", reading ? share(reading.deg - 1.96 * reading.se) : 0);
    set("--high", reading ? share(reading.deg + 1.96 * reading.se) : 0);
  }

  return {
    state,
    /** @param {object} answer what is new of it */
    show(answer) {
      Object.assign(state, answer);
      root.dataset.state = state.state ?? "looking";
      if ("instruction" in answer) instruct(answer.instruction);
      if ("reps" in answer) text("count", String(answer.reps));
      if ("set" in answer) text("set", t("live-set", { set: answer.set }));
      if ("phase" in answer) text("phase", answer.phase ? t(`phase-${answer.phase}`) : "");
      if ("progress" in answer) {
        part("progress").value = answer.progress;
        part("progress").hidden = !(answer.progress > 0);
      }
      if ("hip" in answer) bar("hip", answer.hip);
      if ("lumbar" in answer) bar("lumbar", answer.lumbar);
      if ("caption" in answer) {
        text("caption", answer.caption ? wordsOf(answer.caption) : "");
        part("caption").hidden = !answer.caption;
        part("caption").dataset.kind = answer.caption?.kind ?? "";
      }
      const resting = state.instruction?.code === "paused";
      part("pause").hidden = resting || !["go", "rest"].includes(state.state);
      part("resume").hidden = !resting;
      part("next-set").hidden = resting || !(["go", "rest"].includes(state.state) && state.reps > 0);
    },
    /** A line about the connection or the page; empty for none. @param {string} words */
    note(words) {
      text("note", words);
      part("note").hidden = !words;
    },
    limit(deg) {
      root.querySelector('[data-bar="lumbar"]').style.setProperty("--limit", String(deg === null ? 2 : Math.min(1, deg / FULL_DEG.lumbar)));
    },
    clear() {
      for (const key of Object.keys(state)) delete state[key];
      this.show({ state: "looking", instruction: null, progress: 0, set: 1, reps: 0, phase: "", hip: null, lumbar: null, caption: null });
      this.note("");
    },
  };
}
