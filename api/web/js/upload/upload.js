// Sends one video over tus: in chunks, across lost connections and closed pages, with its true progress.
import { csrfToken, request, ServiceProblem } from "hinge/http.js";
import { deleteEntry, loadEntry, saveEntry } from "hinge/upload/store.js";

const CHUNK_BYTES = 5 * 2 ** 20;
const PAUSES_S = [1, 2, 4, 8, 15, 30, 60];
const RETRIED = new Set([0, 400, 408, 409, 412, 423, 425, 429, 500, 502, 503, 504]);

/**
 * @typedef {typeof import("tus-js-client")} TusClient
 * @typedef {{code: string, detail: string, advice: string, cause?: string}} UploadProblem
 */

/**
 * @typedef {object} UploadStatus
 * @property {"starting" | "sending" | "checking" | "waiting" | "retrying" | "elsewhere" | "done" | "refused" | "signed-out" | "full" | "problem" | "gone"} kind
 * @property {number} sent bytes
 * @property {number} total bytes
 * @property {number} [seconds] until the next try
 * @property {string} [recording] its id once done
 * @property {boolean} [same] this very video was uploaded before
 * @property {UploadProblem} [problem]
 */

/** The tus client, loaded only when a video is sent. @type {Promise<TusClient> | undefined} */
let loading;

/** @param {string} address */
function loadTus(address) {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    const fail = () => {
      loading = undefined;
      script.remove();
      reject(new TypeError("not loaded"));
    };
    script.src = address;
    script.onload = () => (window.tus ? resolve(window.tus) : fail());
    script.onerror = fail;
    document.head.append(script);
  });
  return loading;
}

/**
 * Sends the video of an entry.
 * @param {import("hinge/upload/store.js").Entry} entry updated as the upload goes on
 * @param {{tus: string, onStatus: (status: UploadStatus) => void}} options the client's address; called on every change
 * @returns {{retryNow: () => void, cancel: () => Promise<void>}}
 */
export function startUpload(entry, options) {
  const upload = new Upload(entry, options);
  upload.start();
  return { retryNow: () => upload.retryNow(), cancel: () => upload.cancel() };
}

class Upload {
  /** @type {import("tus-js-client").Upload | undefined} */
  #running;
  #cancelled = false;
  #wake = () => {};

  /**
   * @param {import("hinge/upload/store.js").Entry} entry
   * @param {{tus: string, onStatus: (status: UploadStatus) => void}} options
   */
  constructor(entry, { tus, onStatus }) {
    this.entry = entry;
    this.tus = tus;
    this.onStatus = onStatus;
    this.total = entry.bytes;
  }

  /** One tab at a time: where another has the lock, this one waits and then looks at what became of the upload. */
  start() {
    const name = `hinge-upload-${this.entry.id}`;
    const begun = navigator.locks ? this.#runLocked(name) : this.#run();
    begun.catch((error) =>
      this.#report("problem", { problem: { code: "internal", detail: "", advice: "", cause: String(error) } }),
    );
  }

  retryNow() {
    this.#wake();
  }

  async cancel() {
    this.#cancelled = true;
    this.#wake();
    await this.#running?.abort(this.entry.url !== null).catch(() => {}); // offline: the server drops it by itself later
    await deleteEntry(this.entry.id);
  }

  /** @param {UploadStatus["kind"]} kind @param {Partial<UploadStatus>} [more] */
  #report(kind, more = {}) {
    this.onStatus({ kind, sent: this.entry.sent, total: this.total, ...more });
  }

  /** @param {string} name of the lock */
  async #runLocked(name) {
    const ran = await navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
      if (lock) await this.#run();
      return Boolean(lock);
    });
    if (ran || this.#cancelled) return;
    this.#report("elsewhere");
    await navigator.locks.request(name, async () => {
      const stored = await loadEntry(this.entry.id);
      if (!stored) return this.#report("gone");
      Object.assign(this.entry, stored);
      return this.#run();
    });
  }

  async #run() {
    // Another tab may have finished it meanwhile.
    const stored = await loadEntry(this.entry.id);
    if (stored?.recording) return this.#report("done", { recording: stored.recording, same: false });
    this.#report("starting");
    for (let failures = 0; !this.#cancelled; ) {
      const before = this.entry.sent;
      try {
        await this.#finish(await this.#attempt());
        return;
      } catch (error) {
        if (this.#cancelled || (await this.#gaveUp(error))) return;
        failures = this.entry.sent > before ? 1 : failures + 1;
        await this.#pause(PAUSES_S[Math.min(failures, PAUSES_S.length) - 1]);
      }
    }
  }

  /**
   * One try, to its end.
   * @returns {Promise<string | null>} the recording's id, if an answer had it; rejects with tus's error
   */
  async #attempt() {
    const { entry } = this;
    const client = await loadTus(this.tus);
    /** @type {string | null} */
    let recording = null;
    return new Promise((resolve, reject) => {
      if (!entry.blob) throw new Error("nothing to send");
      const upload = new client.Upload(entry.blob, {
        endpoint: "/api/v1/uploads",
        uploadUrl: entry.url,
        metadata: { protocol: entry.protocol },
        headers: { "X-CSRF-Token": csrfToken(), Accept: "application/json" },
        chunkSize: CHUNK_BYTES,
        retryDelays: null,
        storeFingerprintForResuming: false,
        onUploadUrlAvailable: () => {
          entry.url = upload.url;
          saveEntry(entry);
        },
        onAfterResponse: (sent, answer) => {
          if (sent.getMethod() === "POST") entry.created = Date.parse(answer.getHeader("Date") ?? "") || null;
          recording = answer.getHeader("Recording-Id") ?? recording;
        },
        onProgress: (sent) => {
          entry.sent = sent;
          this.#report(sent < this.total ? "sending" : "checking");
        },
        onChunkComplete: () => saveEntry(entry),
        onError: reject,
        onSuccess: () => resolve(recording),
      });
      this.#running = upload;
      upload.start();
    });
  }

  /** All of it has arrived. @param {string | null} found the recording's id as the last answer had it */
  async #finish(found) {
    const { entry } = this;
    let recording = found;
    if (recording === null) {
      // Processed while this page was closed: the upload's own address has the outcome.
      const { data } = await request(`/uploads/${entry.url?.split("/").at(-1)}`);
      if (data.refusal) {
        await deleteEntry(entry.id);
        const { code, message, advice } = data.refusal;
        this.#report("refused", { problem: { code, detail: message, advice } });
        return;
      }
      recording = String(data.recording_id);
    }
    const { data } = await request(`/recordings/${recording}`);
    entry.recording = recording;
    entry.blob = null;
    entry.sent = this.total;
    await saveEntry(entry);
    // Both times are by the server's clock; that of the upload is in whole seconds, rounded down.
    const same = entry.created !== null && Date.parse(data.created_at) < entry.created;
    this.#report("done", { recording, same });
  }

  /**
   * Reports a failure that another try would not mend.
   * @param {unknown} error
   * @returns {Promise<boolean>} false to try again
   */
  async #gaveUp(error) {
    const { status, ...problem } = problemOf(error);
    if (status === 401) this.#report("signed-out");
    else if (status === 507) this.#report("full");
    else if (status === 413 || (status === 422 && problem.code !== "invalid_request")) {
      await deleteEntry(this.entry.id);
      this.#report("refused", { problem: status === 413 ? { ...problem, code: "too_large" } : problem });
    } else if (!RETRIED.has(status)) this.#report("problem", { problem });
    else return false;
    return true;
  }

  /**
   * Waits, but no longer than until the connection is back or somebody asks to retry.
   * @param {number} seconds
   * @returns {Promise<void>}
   */
  #pause(seconds) {
    const { entry } = this;
    if (entry.sent >= this.total) entry.sent = 0; // sent but not confirmed: the server says where to go on
    return new Promise((resolve) => {
      const until = Date.now() + 1000 * seconds;
      const timer = setInterval(() => check(), 1000);
      const end = () => {
        clearInterval(timer);
        removeEventListener("online", end);
        this.#wake = () => {};
        resolve();
      };
      const check = () => {
        const left = Math.ceil((until - Date.now()) / 1000);
        if (!navigator.onLine) this.#report("waiting");
        else if (left <= 0) end();
        else this.#report("retrying", { seconds: left });
      };
      this.#wake = end;
      addEventListener("online", end);
      check();
    });
  }
}

/**
 * What went wrong, wherever it was reported; status 0 is no answer at all.
 * @param {unknown} error
 * @returns {UploadProblem & {status: number}}
 */
function problemOf(error) {
  if (error instanceof ServiceProblem) {
    return { status: error.status, code: error.code, detail: error.message, advice: error.advice };
  }
  const unknown = { code: "internal", detail: "", advice: "" };
  // Of tus's DetailedError; the class itself comes with the client, loaded later.
  const answer = error instanceof Error && "originalResponse" in error ? error.originalResponse : null;
  const response = /** @type {import("tus-js-client").HttpResponse | null} */ (answer);
  const status = response?.getStatus() ?? 0;
  try {
    return { ...unknown, ...JSON.parse(response?.getBody() ?? ""), status };
  } catch {
    return { ...unknown, status };
  }
}
