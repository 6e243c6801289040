// The film of a set, watched once after the session: sent on request, discarded on request or with the page.
import { dataOf, find, findAs } from "hinge/dom.js";
import { toMegabytes } from "hinge/upload/status-view.js";
import { deleteEntry } from "hinge/upload/store.js";
import { newEntry, showRefusal, submitVideo } from "hinge/upload/submission.js";

/** @typedef {import("hinge/stream-recorder.js").RecordedFilm} RecordedFilm */
/** @typedef {{plan: string, protocol: string}} Exercise */

/** The card with the film at the summary. */
export class FilmUpload {
  /** @type {({film: Blob} & Exercise) | null} */
  #offered = null;

  /**
   * @param {HTMLElement} root
   * @param {import("hinge/translations.js").Translate} t
   * @param {(view: string) => void} show
   */
  constructor(root, t, show) {
    this.root = root;
    this.t = t;
    this.show = show;
    this.player = findAs(root, "[data-film-player]", HTMLVideoElement);
    this.player.addEventListener("error", () => {
      if (!this.#offered) return;
      this.#part("film-frame").hidden = true;
      this.#part("film-unplayable").hidden = false;
    });
    this.#part("film-send").addEventListener("click", () => this.#send());
    this.#part("film-discard").addEventListener("click", () => {
      if (!this.#offered) return;
      this.discard();
      this.#showCard(t("live-film-discarded"), false);
      this.#part("film-words").focus();
    });
  }

  /**
   * Offers a film, if there is one that can be sent.
   * @param {RecordedFilm | null} recorded
   * @param {Exercise} exercise
   */
  offer(recorded, exercise) {
    const { t } = this;
    this.discard();
    if (!recorded?.film.size) return this.#showCard(t("live-film-none"), false);
    const { film, seconds } = recorded;
    const megabytes = toMegabytes(film.size);
    const maxBytes = Number(this.root.dataset.mostBytes);
    if (film.size > maxBytes) {
      return this.#showCard(t("live-film-too-large", { megabytes, most: maxBytes / 1e6 }), false);
    }
    this.#offered = { film, ...exercise };
    this.player.src = URL.createObjectURL(film);
    this.#showCard(t("live-film-what", { seconds, megabytes }), true);
  }

  /** Releases the film. */
  discard() {
    const { player } = this;
    if (this.#offered) {
      URL.revokeObjectURL(player.src);
      player.removeAttribute("src");
      player.load();
    }
    this.#offered = null;
    this.#part("film-card").hidden = true;
    this.#part("again").classList.remove("quiet");
  }

  /** @param {string} name */
  #part(name) {
    return find(this.root, `[data-${name}]`);
  }

  /** @param {string} words @param {boolean} playable */
  #showCard(words, playable) {
    this.#part("film-words").textContent = words;
    this.#part("film-frame").hidden = !playable;
    this.#part("film-choice").hidden = !playable;
    this.#part("film-unplayable").hidden = true;
    this.#part("film-card").hidden = false;
    this.#part("again").classList.toggle("quiet", playable); // one primary button only
  }

  #send() {
    if (!this.#offered) return; // pressed twice
    const { film, plan, protocol } = this.#offered;
    const { root, t, show } = this;
    const entry = newEntry({ owner: dataOf(root, "owner"), blob: film, plan, protocol });
    this.discard();
    show("sending");
    submitVideo(entry, this.#part("sending"), t, {
      tus: dataOf(root, "tus"),
      async onDone(recording) {
        await deleteEntry(entry.id);
        location.assign(`/recordings/${recording}`);
      },
      async onRefused(problem) {
        await showRefusal(find(root, '[data-view="refused"]'), t, problem, entry.plan);
        show("refused");
      },
    });
  }
}
