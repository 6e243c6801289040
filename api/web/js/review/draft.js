// The review that is being written: saved as one types, kept on this device until the service has it.
//
// Whatever happens to the connection or the page, what was typed is in localStorage first; the service's copy follows.
// Every save says which version it was made from, so that nobody's work is written over unasked.

import { ask, ServiceProblem } from "hinge/http.js";

const SOON_MS = 700;
const AGAIN_MS = [2000, 5000, 15000, 30000];

export class Draft {
  #timer = 0;
  #stamp = 0;
  #kept = 0;
  #tries = 0;
  #saving = null;

  /**
   * @param {string} recording its id
   * @param {string | undefined} analysis the analysis that is looked at
   * @param {{told: (state: string, more?: object) => void, differs: () => Promise<"mine" | "theirs">,
   *   replaced: () => void}} page told of states; asked when two drafts differ; told when the form is another
   */
  constructor(recording, analysis, page) {
    Object.assign(this, { recording, analysis, page });
    this.key = `hinge-review-${recording}`;
    /** The draft at the service; null before the first save. */
    this.review = null;
    this.form = empty();
    addEventListener("online", () => this.#stamp !== this.#kept && this.save());
    document.addEventListener("visibilitychange", () => document.hidden && this.#leave());
    addEventListener("pagehide", () => this.#leave());
  }

  /** Whether everything typed is at the service. */
  get settled() {
    return this.#stamp === this.#kept;
  }

  /** Take what the service has, and what this device kept of an earlier visit. */
  async begin(reviews) {
    const newest = reviews[0] ?? null;
    this.review = newest?.state === "draft" ? newest : null;
    this.form = newest ? formOf(newest) : empty();
    const mirror = this.#mirror();
    if (!mirror || same(mirror.form, this.form)) {
      this.#forget();
      this.page.told(this.review ? "saved" : "new", { at: this.review?.updated_at });
      return;
    }
    const [theirs, mine] = [this.form, mirror.form];
    // Nobody wrote meanwhile: the service has what it had, or what this device sent it last.
    const alone = mirror.version === (this.review?.version ?? null) || same(mirror.sent, theirs);
    this.form = alone || (await this.page.differs()) === "mine" ? mine : theirs;
    if (this.form === mine) {
      this.page.told("restored");
      this.change({});
    } else {
      this.#forget();
      this.page.told("saved", { at: this.review?.updated_at });
    }
  }

  /** Something was typed. */
  change(patch) {
    Object.assign(this.form, patch);
    this.#stamp += 1;
    this.#remember();
    this.#tries = 0;
    this.page.told("saving");
    this.#later(SOON_MS);
  }

  /** Save now; resolves to whether everything is at the service. */
  async save() {
    clearTimeout(this.#timer);
    if (this.#saving) await this.#saving;
    if (this.settled) return true;
    this.#saving = this.#save().finally(() => {
      this.#saving = null;
    });
    return this.#saving;
  }

  /** Publish what was saved. */
  async publish() {
    if (!this.review) this.change({});
    if (!(await this.save())) return false;
    const path = `/recordings/${this.recording}/reviews/${this.review.id}/publication`;
    await ask(path, { method: "POST", headers: this.#match() });
    this.#forget();
    return true;
  }

  async #save() {
    const stamp = this.#stamp;
    const form = structuredClone({ ...this.form, analysis_id: this.analysis });
    this.page.told("saving");
    try {
      if (!this.review) await this.#open();
      this.#remember(form);
      const path = `/recordings/${this.recording}/reviews/${this.review.id}`;
      const { data } = await ask(path, { method: "PUT", json: form, headers: this.#match() });
      this.review = data;
    } catch (error) {
      return this.#failed(error);
    }
    this.#kept = stamp;
    this.#tries = 0;
    if (!this.settled) return this.#save();
    this.#forget();
    this.page.told("saved", { at: this.review.updated_at });
    return true;
  }

  /** Begin a draft; somebody else may have begun one since this page was opened. */
  async #open() {
    const { data, status } = await ask(`/recordings/${this.recording}/reviews`, { method: "POST" });
    this.review = data;
    if (status === 200 && !same(formOf(data), this.form) && (data.summary || data.comments.length || data.verdict)) {
      await this.#choose(data);
    }
  }

  async #choose(theirs) {
    this.review = theirs;
    if ((await this.page.differs()) === "theirs") {
      this.form = formOf(theirs);
      this.page.replaced();
    }
  }

  async #failed(error) {
    if (error instanceof ServiceProblem) {
      if (error.code === "precondition_failed" || error.code === "conflict") {
        const { data } = await ask(`/recordings/${this.recording}/reviews`);
        if (data[0]?.state === "draft") await this.#choose(data[0]);
        else this.review = null;
        return this.#save();
      }
      if (error.code === "unauthenticated" || error.code === "csrf") {
        this.page.told("signed-out");
      } else if (error.status < 500) {
        const first = error.details.errors?.[0];
        this.page.told("wrong", { what: first ? first.message : error.message });
        return false;
      } else {
        this.page.told("unsaved");
      }
    } else if (error instanceof TypeError) {
      this.page.told("unsaved"); // no connection
    } else {
      throw error;
    }
    this.#later(AGAIN_MS[Math.min(this.#tries++, AGAIN_MS.length - 1)]);
    return false;
  }

  #later(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.save(), ms);
  }

  /** The page goes away: try once more in its last moment; this device has it anyway. */
  #leave() {
    if (this.settled || !this.review || this.#saving) return;
    const form = { ...this.form, analysis_id: this.analysis };
    this.#remember(form);
    const path = `/recordings/${this.recording}/reviews/${this.review.id}`;
    const stamp = this.#stamp;
    ask(path, { method: "PUT", json: form, headers: this.#match(), keepalive: true })
      .then(({ data }) => {
        this.review = data;
        this.#kept = stamp;
        if (this.settled) {
          this.#forget();
          this.page.told("saved", { at: data.updated_at });
        }
      })
      .catch(() => this.#later(AGAIN_MS[0]));
  }

  #match() {
    return { "If-Match": `"${this.review.version}"` };
  }

  #mirror() {
    try {
      return JSON.parse(localStorage.getItem(this.key));
    } catch {
      return null; // nothing of ours, or storage is closed to us
    }
  }

  #remember(sent) {
    const before = sent ?? this.#mirror()?.sent ?? null;
    try {
      localStorage.setItem(this.key, JSON.stringify({ version: this.review?.version ?? null, form: this.form, sent: before }));
    } catch {
      // Full or forbidden: the service's copy has to do.
    }
  }

  #forget() {
    try {
      localStorage.removeItem(this.key);
    } catch {
      // As above.
    }
  }
}

const empty = () => ({ summary: "", verdict: null, comments: [], corrections: [] });

/** A review as the form that would save it. */
export const formOf = (review) => ({
  summary: review.summary,
  verdict: review.verdict,
  comments: review.comments.map(({ time_s, text, drawing }) => ({ time_s, text, drawing })),
  corrections: review.corrections.map((each) => each.corrected),
});

/** Alike, but for space around texts, which the service takes away, and fields that hold nothing. */
function same(one, other) {
  if (!one || !other) return one === other;
  const plain = (form) =>
    JSON.stringify([form.summary.trim(), form.verdict ?? null, form.comments, form.corrections], (key, value) =>
      value == null || value === ""
        ? undefined
        : typeof value === "string"
          ? value.trim()
          : Array.isArray(value) || typeof value !== "object"
            ? value
            : Object.fromEntries(Object.entries(value).sort(([a], [b]) => a.localeCompare(b))),
    );
  return plain(one) === plain(other);
}
