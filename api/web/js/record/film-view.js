// Films a set in the page: preview with a guide, time to take one's place, a countdown, the film.
import { openCamera } from "hinge/camera.js";
import { guide } from "hinge/record/framing-guide.js";
import { voice } from "hinge/record/voice.js";
import { record } from "hinge/stream-recorder.js";

const PLACE_S = 8;
const TALL_S = 3;

/**
 * @param {HTMLElement} view
 * @param {(key: string, figures?: object) => string} t
 * @param {{model?: string, filmed: (film: Blob, seconds: number, lost: boolean) => void, failed: (error: Error) => void}} options
 * @returns {{open: () => Promise<void>, close: () => void}}
 */
export function filming(view, t, { model, filmed, failed }) {
  const part = (name) => view.querySelector(`[data-${name}]`);
  const [video, count, clock, begin, stop, turn] = ["preview", "count", "clock", "begin", "stop", "switch"].map(part);
  const speaker = voice({ caption: part("caption"), said: part("said"), button: part("voice") });
  const eyes = guide({ video, list: part("checks"), words: part("guide-words"), guide: part("guide"), model, t });
  let camera;
  let facing = "environment";
  /** Ends the countdown or the film; undefined when neither runs. */
  let act;
  let lamp;

  async function open() {
    camera?.close();
    camera = undefined;
    camera = await openCamera(facing);
    facing = camera.facing;
    video.srcObject = camera.stream;
    // Oneself is used to the mirror; the film is never mirrored.
    video.classList.toggle("mirrored", facing === "user");
    turn.hidden = !camera.several;
    await video.play().catch(() => {}); // a view that was left meanwhile
    part("stage").style.setProperty("--shape", `${video.videoWidth || 16} / ${video.videoHeight || 9}`);
    eyes.start();
  }

  function close() {
    act?.abort();
    eyes.stop();
    speaker.hush();
    camera?.close();
    camera = undefined;
    video.srcObject = null;
    lamp?.release().catch(() => {});
    lamp = undefined;
  }

  const second = (signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, 1000);
      signal.addEventListener("abort", () => (clearTimeout(timer), reject(signal.reason)), { once: true });
    });

  async function down(from, signal) {
    count.hidden = false;
    for (let left = from; left > 0; left -= 1) {
      count.textContent = String(left);
      await second(signal);
    }
    count.hidden = true;
  }

  async function film() {
    act = new AbortController();
    const { signal } = act;
    running(true);
    try {
      lamp = await navigator.wakeLock?.request("screen").catch(() => undefined);
      const place = Number(view.dataset.placeS ?? PLACE_S);
      speaker.say(t("record-say-place", { seconds: place }));
      await down(place, signal);
      eyes.stop(); // the film needs the phone's whole strength
      const { film: blob, seconds, lost } = await recorded(signal);
      speaker.say(t("record-say-stopped"));
      close();
      filmed(blob, seconds, lost);
    } catch (error) {
      if (error.name !== "AbortError") failed(error);
      else if (camera) {
        speaker.hush();
        eyes.start();
      }
    } finally {
      act = undefined;
      running(false);
    }
  }

  /** From standing tall to the stop; what was filmed is given even when the camera goes. */
  async function recorded(signal) {
    const told = new AbortController();
    const taking = record(camera.stream, (seconds) => (clock.textContent = t("record-clock", { seconds })));
    stop.onclick = taking.end;
    signal.addEventListener("abort", () => (told.abort(), taking.end()), { once: true });
    clock.hidden = stop.hidden = false;
    stop.focus();
    speaker.say(t("record-say-tall"));
    down(TALL_S, told.signal).then(
      () => speaker.say(t("record-say-begin")),
      () => {}, // stopped before that
    );
    const taken = await taking.done;
    clock.hidden = count.hidden = true;
    signal.throwIfAborted();
    told.abort();
    return taken;
  }

  function running(is) {
    begin.hidden = is;
    stop.hidden = !is;
    turn.disabled = is;
    if (is) {
      stop.onclick = () => act?.abort(new DOMException("stopped", "AbortError"));
      stop.focus();
    } else count.hidden = clock.hidden = true;
    view.dataset.filming = String(is);
  }

  begin.addEventListener("click", film);
  turn.addEventListener("click", async () => {
    facing = facing === "user" ? "environment" : "user";
    try {
      await open();
    } catch (error) {
      failed(error);
    }
  });
  return { open, close };
}
