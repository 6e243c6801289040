// A module worker that runs MediaPipe's Pose Landmarker; landmarker.js talks to it. Import maps do not reach workers.
import { FilesetResolver, PoseLandmarker } from "../../vendor/tasks-vision/vision_bundle.mjs";

const WASM = new URL("../../vendor/tasks-vision/wasm", import.meta.url).href;

// Lines of the library's own log ("W1122 13:17:04 … gl_context.cc") are for its developers; errors are thrown.
const warn = console.warn.bind(console);
console.warn = (...message) => {
  if (!/^[IW]\d{4} /.test(String(message[0]))) warn(...message);
};
Object.assign(self, { Module: { print() {}, printErr() {} } });

/**
 * @typedef {{kind: "open", model: string, masks: boolean, people: number, delegate: "auto" | "CPU"}} OpenMessage
 * @typedef {{kind: "detect", frame: ImageBitmap | VideoFrame, timestamp: number}} DetectMessage
 * @typedef {import("types/pose").Pose} Pose
 */

/** @type {PoseLandmarker | undefined} */
let landmarker;
let last = -1;

/** Whether a graphics chip is behind WebGL: software rendering is slower than WebAssembly. */
function hasGraphics() {
  if (typeof OffscreenCanvas !== "function") return false;
  const gl = new OffscreenCanvas(1, 1).getContext("webgl2");
  if (!gl) return false;
  const info = gl.getExtension("WEBGL_debug_renderer_info");
  const name = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return !/swiftshader|llvmpipe|software|basic render/i.test(name);
}

/** Fetches the model and reports how far it is. @param {string} address */
async function fetchModel(address) {
  const answer = await fetch(address);
  if (!answer.ok || !answer.body) throw new Error(`the model is not here (${answer.status})`);
  const whole = Number(answer.headers.get("content-length")) || 0;
  /** @type {Uint8Array[]} */
  const pieces = [];
  let have = 0;
  for (const reader = answer.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    have += value.length;
    if (whole) postMessage({ kind: "loading", share: Math.min(1, have / whole) });
  }
  const bytes = new Uint8Array(have);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** @param {OpenMessage} message */
async function open({ model, masks, people, delegate }) {
  const bytes = await fetchModel(model);
  const files = await FilesetResolver.forVisionTasks(WASM, true);
  /** @type {("CPU" | "GPU")[]} */
  const tries = delegate === "CPU" || !hasGraphics() ? ["CPU"] : ["GPU", "CPU"];
  for (const each of tries) {
    try {
      landmarker = await PoseLandmarker.createFromOptions(files, {
        // A copy: the library takes the buffer over, and a second try needs it too.
        baseOptions: { modelAssetBuffer: bytes.slice(), delegate: each },
        canvas: each === "GPU" ? new OffscreenCanvas(1, 1) : undefined,
        runningMode: "VIDEO",
        numPoses: people,
        outputSegmentationMasks: masks,
      });
      postMessage({ kind: "ready", delegate: each });
      return;
    } catch (error) {
      if (each === tries.at(-1)) throw error;
    }
  }
}

/** @param {import("@mediapipe/tasks-vision").Landmark[]} points @param {3 | 4} width */
function flatten(points, width) {
  const found = new Float32Array(points.length * width);
  points.forEach((point, k) => {
    found[k * width] = point.x;
    found[k * width + 1] = point.y;
    found[k * width + 2] = point.z;
    if (width === 4) found[k * width + 3] = point.visibility ?? 0;
  });
  return found;
}

/** @param {DetectMessage} message */
function detect({ frame, timestamp }) {
  const begun = performance.now();
  // The library needs rising times, but two frames may fall into the same millisecond.
  last = Math.max(last + 1, Math.round(timestamp));
  const [width, height] =
    "displayWidth" in frame ? [frame.displayWidth, frame.displayHeight] : [frame.width, frame.height];
  /** @type {Pose} */
  const pose = { width, height, people: 0, landmarks: null, world: null, mask: null, others: [], took: 0 };
  /** @type {Transferable[]} */
  const transferred = [];
  try {
    landmarker?.detectForVideo(frame, last, (result) => {
      pose.people = result.landmarks.length;
      if (!pose.people) return;
      pose.landmarks = flatten(result.landmarks[0], 4);
      pose.world = flatten(result.worldLandmarks[0], 3);
      pose.others = result.landmarks.slice(1).map((points) => flatten(points, 4));
      transferred.push(pose.landmarks.buffer, pose.world.buffer, ...pose.others.map((each) => each.buffer));
      const mask = result.segmentationMasks?.[0];
      if (mask) {
        // The mask is valid during this call only.
        const data = mask.getAsUint8Array().slice();
        pose.mask = { data, width: mask.width, height: mask.height };
        transferred.push(data.buffer);
      }
    });
  } finally {
    frame.close();
  }
  pose.took = performance.now() - begun;
  postMessage({ kind: "found", ...pose }, transferred);
}

addEventListener("message", async ({ data }) => {
  try {
    if (data.kind === "open") await open(data);
    else if (data.kind === "detect") detect(data);
  } catch (error) {
    postMessage({ kind: "broken", message: error instanceof Error ? error.message : String(error) });
  }
});
