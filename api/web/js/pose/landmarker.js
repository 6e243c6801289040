// Finds a person's joints in the camera's pictures, in a worker of its own; nothing leaves the device.

const READY_WITHIN_MS = 60_000;

/** @typedef {import("types/pose").Pose} Pose */

/**
 * @typedef {object} Landmarker
 * @property {string} delegate
 * @property {() => boolean} busy
 * @property {(frame: ImageBitmap | VideoFrame, timestampMs: number) => Promise<Pose>} detect takes the frame over (it is
 *   closed there), one at a time: check `busy()` before making a frame. After the worker broke, every call is rejected:
 *   close and go on without
 * @property {() => void} close
 */

/**
 * Starts the worker and loads the model.
 * @param {object} options
 * @param {string} options.model address of a bundle (`.task`), from the page's data-pose-model
 * @param {boolean} [options.masks] whether to segment the person too
 * @param {1 | 2} [options.people] 2 looks for a second person, which costs a person detection in every picture
 * @param {"auto" | "CPU"} [options.delegate]
 * @param {(share: number) => void} [options.onLoading] 0..1 of the model
 * @param {AbortSignal} [options.signal] gives up loading
 * @returns {Promise<Landmarker>}
 * @throws {Error} when it cannot run here, or not in time
 */
export async function createLandmarker({ model, masks = false, people = 1, delegate = "auto", onLoading, signal }) {
  const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
  /** @type {{resolve: (pose: Pose) => void, reject: (error: Error) => void} | null} */
  let waiting = null;
  /** @type {Error | null} */
  let broken = null;
  /** @type {(delegate: string) => void} */
  let resolveReady;
  /** @type {(error: Error) => void} */
  let rejectReady;

  /** @type {Promise<string>} */
  const ready = new Promise((resolve, reject) => {
    resolveReady = resolve;
    rejectReady = reject;
  });
  const fail = (/** @type {Error} */ error) => {
    broken = error;
    worker.terminate();
    rejectReady(error);
    waiting?.reject(error);
    waiting = null;
  };
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    fail(new Error(event.message || "the worker did not start"));
  });
  worker.addEventListener("message", ({ data }) => {
    if (data.kind === "loading") onLoading?.(data.share);
    else if (data.kind === "ready") resolveReady(data.delegate);
    else if (data.kind === "broken") fail(new Error(data.message));
    else if (data.kind === "found" && waiting) {
      const { resolve } = waiting;
      waiting = null;
      resolve(data);
    }
  });
  const stop = () => fail(new DOMException("given up", "AbortError"));
  signal?.addEventListener("abort", stop, { once: true });
  const late = setTimeout(() => fail(new Error("not ready in time")), READY_WITHIN_MS);
  worker.postMessage({ kind: "open", model: new URL(model, document.baseURI).href, masks, people, delegate });
  const used = await ready.finally(() => {
    clearTimeout(late);
    signal?.removeEventListener("abort", stop);
  });

  return {
    delegate: used,
    busy: () => waiting !== null,
    detect(frame, timestampMs) {
      if (broken || waiting) {
        frame.close();
        return Promise.reject(broken ?? new Error("one frame at a time"));
      }
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        worker.postMessage({ kind: "detect", frame, timestamp: timestampMs }, [frame]);
      });
    },
    close() {
      if (!broken) fail(new DOMException("closed", "AbortError"));
    },
  };
}
