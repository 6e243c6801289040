// The review being written: saved while one types, kept on this device until the service has it.
//
// Whatever happens to the connection or the page, what was typed is in localStorage first; the service's copy follows.
// Every save names the version it was made from, so that nobody's work is overwritten unasked.
import { request, ServiceProblem } from "hinge/http.js";

/**
 * @typedef {import("types/service").Review} Review
 * @typedef {import("types/service").ReviewForm} ReviewForm
 * @typedef {"new" | "saving" | "saved" | "unsaved" | "restored" | "signed-out" | "wrong"} SaveState
 */

/**
 * @typedef {object} DraftEvents
 * @property {(state: SaveState, more?: {at?: string, what?: string}) => void} onState
 * @property {() => Promise<"mine" | "theirs">} chooseDraft asked when two drafts differ
 * @property {() => void} onReplaced called when the form has become another
 */

/** What this device keeps. @typedef {{version: number | null, form: ReviewForm, sent: ReviewForm | null}} Mirror */

const SAVE_AFTER_MS = 700;
const RETRY_MS = [2000, 5000, 15000, 30000];

/** A review with its copies on this device and at the service. */
export class Draft {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** Counts the changes. */
  #change = 0;
  /** The last change that the service has. */
  #saved = 0;
  #tries = 0;
  /** @type {Promise<boolean> | null} */
  #saving = null;

  /**
   * @param {string} recording its id
   * @param {string | undefined} analysis the analysis being looked at
   * @param {DraftEvents} events
   */
  constructor(recording, analysis, events) {
    this.recording = recording;
    this.analysis = analysis;
    this.events = events;
    this.key = `hinge-review-${recording}`;
    /** The service's copy; null before the first save. @type {Review | null} */
    this.review = null;
    this.form = emptyForm();
    addEventListener("online", () => {
      if (!this.settled) this.save();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.#leave();
    });
    addEventListener("pagehide", () => this.#leave());
  }

  /** Whether the service has everything typed. */
  get settled() {
    return this.#change === this.#saved;
  }

  /**
   * Loads what the service has, and what this device kept of an earlier visit.
   * @param {Review[]} reviews newest first
   */
  async load(reviews) {
    const newest = reviews[0] ?? null;
    this.review = newest?.state === "draft" ? newest : null;
    this.form = newest ? formOf(newest) : emptyForm();
    const mirror = this.#readMirror();
    if (!mirror || isSame(mirror.form, this.form)) {
      this.#removeMirror();
      this.events.onState(this.review ? "saved" : "new", { at: this.review?.updated_at });
      return;
    }
    const [theirs, mine] = [this.form, mirror.form];
    // Nobody else wrote meanwhile: the service has what it had, or what this device last sent.
    const unchanged = mirror.version === (this.review?.version ?? null) || isSame(mirror.sent, theirs);
    this.form = unchanged || (await this.events.chooseDraft()) === "mine" ? mine : theirs;
    if (this.form === mine) {
      this.events.onState("restored");
      this.change({});
    } else {
      this.#removeMirror();
      this.events.onState("saved", { at: this.review?.updated_at });
    }
  }

  /** Takes a change of the form, and saves soon. @param {Partial<ReviewForm>} patch */
  change(patch) {
    Object.assign(this.form, patch);
    this.#change += 1;
    this.#writeMirror();
    this.#tries = 0;
    this.events.onState("saving");
    this.#saveAfter(SAVE_AFTER_MS);
  }

  /** Saves now. @returns {Promise<boolean>} whether the service has everything */
  async save() {
    clearTimeout(this.#timer);
    if (this.#saving) await this.#saving;
    if (this.settled) return true;
    this.#saving = this.#save().finally(() => {
      this.#saving = null;
    });
    return this.#saving;
  }

  /** Saves and publishes. @returns {Promise<boolean>} false if it could not be saved */
  async publish() {
    if (!this.review) this.change({});
    if (!(await this.save()) || !this.review) return false;
    await request(`${this.#pathOf(this.review)}/publication`, { method: "POST", headers: matchHeader(this.review) });
    this.#removeMirror();
    return true;
  }

  /** @param {Review} review */
  #pathOf(review) {
    return `/recordings/${this.recording}/reviews/${review.id}`;
  }

  /** @returns {Promise<boolean>} */
  async #save() {
    const change = this.#change;
    this.events.onState("saving");
    let saved;
    try {
      const review = this.review ?? (await this.#create());
      // Only now: creating it may have put another's draft in place of this one.
      const form = structuredClone({ ...this.form, analysis_id: this.analysis });
      this.#writeMirror(form);
      saved = (await request(this.#pathOf(review), { method: "PUT", json: form, headers: matchHeader(review) })).data;
    } catch (error) {
      return this.#handleFailure(error);
    }
    this.review = saved;
    this.#saved = change;
    this.#tries = 0;
    if (!this.settled) return this.#save();
    this.#removeMirror();
    this.events.onState("saved", { at: saved.updated_at });
    return true;
  }

  /** Begins a draft; somebody else may have begun one since this page was opened. @returns {Promise<Review>} */
  async #create() {
    const { data, status } = await request(`/recordings/${this.recording}/reviews`, { method: "POST" });
    /** @type {Review} */
    const review = data;
    this.review = review;
    const written = review.summary || review.comments.length || review.verdict;
    if (status === 200 && !isSame(formOf(review), this.form) && written) await this.#choose(review);
    return review;
  }

  /** @param {Review} theirs */
  async #choose(theirs) {
    this.review = theirs;
    if ((await this.events.chooseDraft()) === "theirs") {
      this.form = formOf(theirs);
      this.events.onReplaced();
    }
  }

  /** @param {unknown} error @returns {Promise<boolean>} whether it is saved after all */
  async #handleFailure(error) {
    if (error instanceof TypeError)
      this.events.onState("unsaved"); // no connection
    else if (!(error instanceof ServiceProblem)) throw error;
    else if (error.code === "precondition_failed" || error.code === "conflict") {
      const { data } = await request(`/recordings/${this.recording}/reviews`);
      if (data[0]?.state === "draft") await this.#choose(data[0]);
      else this.review = null;
      return this.#save();
    } else if (error.code === "unauthenticated" || error.code === "csrf") this.events.onState("signed-out");
    else if (error.status < 500) {
      this.events.onState("wrong", { what: error.details.errors?.[0]?.message ?? error.message });
      return false;
    } else this.events.onState("unsaved");
    this.#saveAfter(RETRY_MS[Math.min(this.#tries, RETRY_MS.length - 1)]);
    this.#tries += 1;
    return false;
  }

  /** @param {number} ms */
  #saveAfter(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.save(), ms);
  }

  /** Tries once more as the page goes away; this device has it anyway. */
  #leave() {
    const { review } = this;
    if (this.settled || !review || this.#saving) return;
    const form = { ...this.form, analysis_id: this.analysis };
    this.#writeMirror(form);
    const change = this.#change;
    request(this.#pathOf(review), { method: "PUT", json: form, headers: matchHeader(review), keepalive: true })
      .then(({ data }) => {
        this.review = data;
        this.#saved = change;
        if (this.settled) {
          this.#removeMirror();
          this.events.onState("saved", { at: data.updated_at });
        }
      })
      .catch(() => this.#saveAfter(RETRY_MS[0]));
  }

  /** @returns {Mirror | null} */
  #readMirror() {
    try {
      return JSON.parse(localStorage.getItem(this.key) ?? "null");
    } catch {
      return null; // nothing of ours, or no access to storage
    }
  }

  /** @param {ReviewForm} [sentNow] */
  #writeMirror(sentNow) {
    const sent = sentNow ?? this.#readMirror()?.sent ?? null;
    /** @type {Mirror} */
    const mirror = { version: this.review?.version ?? null, form: this.form, sent };
    try {
      localStorage.setItem(this.key, JSON.stringify(mirror));
    } catch {
      // Full or forbidden: the service's copy has to suffice.
    }
  }

  #removeMirror() {
    try {
      localStorage.removeItem(this.key);
    } catch {
      // As above.
    }
  }
}

/** @param {Review} review */
const matchHeader = (review) => ({ "If-Match": `"${review.version}"` });

/** @returns {ReviewForm} */
const emptyForm = () => ({ summary: "", verdict: null, comments: [], corrections: [] });

/** The form that would save a review. @param {Review} review @returns {ReviewForm} */
const formOf = (review) => ({
  summary: review.summary,
  verdict: review.verdict,
  comments: review.comments.map(({ time_s, text, drawing }) => ({ time_s, text, drawing })),
  corrections: review.corrections.map((each) => each.corrected),
});

/**
 * Whether two forms are equal but for space around texts, which the service strips, and empty fields.
 * @param {ReviewForm | null} one
 * @param {ReviewForm | null} other
 */
function isSame(one, other) {
  if (!one || !other) return one === other;
  return normalize(one) === normalize(other);
}

/** @param {ReviewForm} form */
const normalize = (form) =>
  JSON.stringify([form.summary.trim(), form.verdict ?? null, form.comments, form.corrections], (_key, value) => {
    if (value == null || value === "") return undefined;
    if (typeof value === "string") return value.trim();
    if (Array.isArray(value) || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a.localeCompare(b)));
  });
