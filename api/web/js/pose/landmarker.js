// Finds a person's joints in pictures of the camera, in a worker of its own; nothing leaves the device.

const READY_WITHIN_MS = 60_000;

/**
 * @typedef {object} Pose
 * @property {number} width of the picture in pixels
 * @property {number} height
 * @property {number} people how many were seen, up to `people` asked for
 * @property {Float32Array | null} landmarks 33 × (x, y, z, visibility); x, y as shares of width and height; null: nobody
 * @property {Float32Array | null} world 33 × (x, y, z), metres from the middle of the hips
 * @property {{data: Uint8Array, width: number, height: number} | null} mask 0..255, how surely a pixel is the person
 * @property {Float32Array[]} others landmarks of further people
 * @property {number} took milliseconds
 */

/**
 * @param {object} options
 * @param {string} options.model address of a bundle (`.task`); pages write it into data-pose-model
 * @param {boolean} [options.masks] whether the person's outline is wanted too
 * @param {1 | 2} [options.people] 2 looks for a second person, which costs a look for people in every picture
 * @param {"auto" | "CPU"} [options.delegate]
 * @param {(share: number) => void} [options.onLoading] 0..1 of the model
 * @param {AbortSignal} [options.signal] gives up loading
 * @returns {Promise<{delegate: string, busy: () => boolean, detect: (frame: ImageBitmap | VideoFrame, timestampMs: number) => Promise<Pose>, close: () => void}>}
 *   `detect` takes the frame over (it is closed there) and one at a time: ask `busy()` before making a frame.
 *   After the worker broke, every `detect` is rejected: close and go on without.
 * @throws {Error} when it cannot run here, or not in time
 */
export async function createPose({ model, masks = false, people = 1, delegate = "auto", onLoading, signal }) {
  const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
  /** @type {{resolve: (pose: Pose) => void, reject: (why: Error) => void} | null} */
  let waiting = null;
  let broken = null;
  let opened;
  let refused;

  const fail = (why) => {
    broken = why;
    worker.terminate();
    refused(why);
    waiting?.reject(why);
    waiting = null;
  };
  const ready = new Promise((resolve, reject) => {
    opened = resolve;
    refused = reject;
  });
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    fail(new Error(event.message || "the worker did not start"));
  });
  worker.addEventListener("message", ({ data }) => {
    if (data.kind === "loading") onLoading?.(data.share);
    else if (data.kind === "ready") opened(data.delegate);
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
