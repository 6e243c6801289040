// The film of a set, looked at once after the session; sent at a press, gone at another or with the page.
import { entryOf, sendHere, tellRefusal } from "hinge/upload/submission.js";
import { forget } from "hinge/upload/store.js";
import { megabytes } from "hinge/upload/status-view.js";

/**
 * @param {HTMLElement} root
 * @param {(key: string, figures?: object) => string} t
 * @param {(view: string) => void} show
 */
export function sending(root, t, show) {
  const part = (name) => root.querySelector(`[data-${name}]`);
  const player = part("film-player");
  let film = null;
  let exercise = null;

  function card(words, { playable }) {
    part("film-words").textContent = words;
    part("film-frame").hidden = part("film-choice").hidden = !playable;
    part("film-unplayable").hidden = true;
    part("film-card").hidden = false;
    part("again").classList.toggle("quiet", playable); // one thing stands out
  }

  /** Let go of it. */
  function drop() {
    if (film) {
      URL.revokeObjectURL(player.src);
      player.removeAttribute("src");
      player.load();
    }
    film = null;
    part("film-card").hidden = true;
    part("again").classList.remove("quiet");
  }

  player.addEventListener("error", () => {
    if (!film) return;
    part("film-frame").hidden = true;
    part("film-unplayable").hidden = false;
  });
  part("film-discard").addEventListener("click", () => {
    if (!film) return;
    drop();
    card(t("live-film-discarded"), { playable: false });
    part("film-words").focus();
  });
  part("film-send").addEventListener("click", () => {
    if (!film) return; // pressed twice
    const entry = entryOf({ owner: root.dataset.owner, blob: film, ...exercise });
    drop();
    show("sending");
    sendHere(entry, part("sending"), t, {
      tus: root.dataset.tus,
      async done(recording) {
        await forget(entry.id);
        location.assign(`/recordings/${recording}`);
      },
      async refused(problem) {
        await tellRefusal(root.querySelector('[data-view="refused"]'), t, problem, entry.plan);
        show("refused");
      },
    });
  });

  return {
    drop,
    /** @param {import("hinge/stream-recorder.js").Recorded | null} taken @param {{plan: string, protocol: string}} of */
    offer(taken, of) {
      drop();
      if (!taken?.film.size) return card(t("live-film-none"), { playable: false });
      const { film: blob, seconds } = taken;
      const size = megabytes(blob.size);
      const most = Number(root.dataset.mostBytes);
      if (blob.size > most) return card(t("live-film-too-large", { megabytes: size, most: most / 1e6 }), { playable: false });
      [film, exercise] = [blob, of];
      player.src = URL.createObjectURL(film);
      card(t("live-film-what", { seconds, megabytes: size }), { playable: true });
    },
  };
}
