// Sends one video over tus: in pieces, over lost connections and closed pages, and says truthfully how far it is.
import { ask, csrf } from "hinge/http.js";
import { forget, keep, kept } from "hinge/upload/store.js";

const PIECE_BYTES = 5 * 2 ** 20;
const PAUSES_S = [1, 2, 4, 8, 15, 30, 60];
const AGAIN = new Set([0, 400, 408, 409, 412, 423, 425, 429, 500, 502, 503, 504]);

/** The tus client, loaded when a video is sent and not before. */
let loading;
function tus(address) {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(window.tus);
    script.onerror = () => {
      loading = undefined;
      script.remove();
      reject(new TypeError("not loaded"));
    };
    document.head.append(script);
  });
  return loading;
}

/**
 * @typedef {object} Told how an upload stands
 * @property {"starting" | "sending" | "checking" | "waiting" | "retrying" | "elsewhere" | "done" | "refused" | "signed-out" | "full" | "problem" | "gone"} kind
 * @property {number} sent bytes
 * @property {number} total bytes
 * @property {number} [seconds] until the next try
 * @property {string} [recording] where it is done
 * @property {boolean} [same] the very video was here before
 * @property {{code: string, detail: string, advice: string}} [problem]
 */

/**
 * Send what an entry holds.
 * @param {import("hinge/upload/store.js").Entry} entry changed as it goes on
 * @param {{tus: string, tell: (told: Told) => void}} options the client's address; told of every change
 * @returns {{now: () => void, stop: () => Promise<void>}} `now` tries at once, `stop` gives it up for good
 */
export function send(entry, { tus: address, tell }) {
  const total = entry.bytes;
  let running;
  let wake = () => {};
  let stopped = false;
  const say = (kind, more = {}) => tell({ kind, sent: entry.sent, total, ...more });

  /** One try, to its end. Rejects with what the tus client says. */
  async function attempt() {
    const client = await tus(address);
    let recording = null;
    return new Promise((resolve, reject) => {
      running = new client.Upload(entry.blob, {
        endpoint: "/api/v1/uploads",
        uploadUrl: entry.url,
        metadata: { protocol: entry.protocol },
        headers: { "X-CSRF-Token": csrf(), Accept: "application/json" },
        chunkSize: PIECE_BYTES,
        retryDelays: null,
        storeFingerprintForResuming: false,
        onUploadUrlAvailable: () => {
          entry.url = running.url;
          keep(entry);
        },
        onAfterResponse: (request, response) => {
          if (request.getMethod() === "POST") entry.created = Date.parse(response.getHeader("Date") ?? "") || null;
          recording = response.getHeader("Recording-Id") ?? recording;
        },
        onProgress: (sent) => {
          entry.sent = sent;
          say(sent < total ? "sending" : "checking");
        },
        onChunkComplete: () => keep(entry),
        onError: reject,
        onSuccess: () => resolve(recording),
      });
      running.start();
    });
  }

  async function arrived(found) {
    let recording = found;
    if (recording === null) {
      // Looked at while nobody was here: what became of it is with the upload.
      const { data } = await ask(`/uploads/${entry.url.split("/").at(-1)}`);
      if (data.refusal) {
        await forget(entry.id);
        say("refused", { problem: { code: data.refusal.code, detail: data.refusal.message, advice: data.refusal.advice } });
        return;
      }
      recording = data.recording_id;
    }
    const { data } = await ask(`/recordings/${recording}`);
    entry.recording = recording;
    entry.blob = null;
    entry.sent = total;
    await keep(entry);
    // The server's own clock both times; that of the upload is told in seconds, rounded down.
    const same = entry.created !== null && Date.parse(data.created_at) < entry.created;
    say("done", { recording, same });
  }

  async function run() {
    // Another tab may have finished it meanwhile.
    const known = await kept(entry.id);
    if (known?.recording) return say("done", { recording: known.recording, same: false });
    say("starting");
    for (let failures = 0; !stopped; ) {
      const before = entry.sent;
      try {
        await arrived(await attempt());
        return;
      } catch (error) {
        if (stopped) return;
        const problem = problemOf(error);
        if (problem.status === 401) return say("signed-out");
        if (problem.status === 507) return say("full");
        if (problem.status === 413 || (problem.status === 422 && problem.code !== "invalid_request")) {
          await forget(entry.id);
          return say("refused", { problem: problem.status === 413 ? { ...problem, code: "too_large" } : problem });
        }
        if (!AGAIN.has(problem.status)) return say("problem", { problem });
        failures = entry.sent > before ? 1 : failures + 1;
        await pause(PAUSES_S[Math.min(failures, PAUSES_S.length) - 1]);
      }
    }
  }

  /** Wait, but no longer than until the line is back or somebody says now. */
  function pause(seconds) {
    if (entry.sent >= total) entry.sent = 0; // handed to the line, but not heard of: the server says where it goes on
    return new Promise((resolve) => {
      const until = Date.now() + 1000 * seconds;
      const tick = setInterval(look, 1000);
      const ended = () => {
        clearInterval(tick);
        removeEventListener("online", ended);
        wake = () => {};
        resolve();
      };
      function look() {
        const left = Math.ceil((until - Date.now()) / 1000);
        if (!navigator.onLine) say("waiting");
        else if (left <= 0) ended();
        else say("retrying", { seconds: left });
      }
      wake = ended;
      addEventListener("online", ended);
      look();
    });
  }

  const named = `hinge-upload-${entry.id}`;
  const begun = navigator.locks
    ? navigator.locks.request(named, { ifAvailable: true }, (lock) => (lock ? run().then(() => true) : false)).then((mine) => {
        if (mine || stopped) return undefined;
        say("elsewhere");
        return navigator.locks.request(named, async () => {
          const known = await kept(entry.id);
          if (!known) return say("gone");
          Object.assign(entry, known);
          return run();
        });
      })
    : run();
  begun.catch((error) => say("problem", { problem: { code: "internal", detail: "", advice: "", cause: String(error) } }));

  return {
    now: () => wake(),
    async stop() {
      stopped = true;
      wake();
      await running?.abort(entry.url !== null).catch(() => {}); // without a line the server forgets it by itself
      await forget(entry.id);
    },
  };
}

/** What went wrong, whichever way it was told: status 0 is no answer at all. */
function problemOf(error) {
  if (typeof error.status === "number") return { status: error.status, code: error.code, detail: error.message, advice: error.advice };
  const answer = error.originalResponse;
  const status = answer?.getStatus() ?? 0;
  try {
    return { detail: "", advice: "", code: "internal", ...JSON.parse(answer.getBody()), status };
  } catch {
    return { status, code: "internal", detail: "", advice: "" };
  }
}
