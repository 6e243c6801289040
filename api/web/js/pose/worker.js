// A module worker that runs MediaPipe's Pose Landmarker; landmarker.js talks to it. Import maps do not reach workers.
import { FilesetResolver, PoseLandmarker } from "../../vendor/tasks-vision/vision_bundle.mjs";

const WASM = new URL("../../vendor/tasks-vision/wasm", import.meta.url).href;

// Lines of the library's own log ("W1122 13:17:04 … gl_context.cc") are for its makers; what goes wrong is thrown.
const warn = console.warn.bind(console);
console.warn = (...said) => {
  if (!/^[IW]\d{4} /.test(String(said[0]))) warn(...said);
};
self.Module = { print() {}, printErr() {} };

/** @type {PoseLandmarker | undefined} */
let landmarker;
let last = -1;

/** Whether there is a graphics chip behind WebGL: a drawn-by-software one is slower than WebAssembly. */
function hasGraphics() {
  if (typeof OffscreenCanvas !== "function") return false;
  const gl = new OffscreenCanvas(1, 1).getContext("webgl2");
  if (!gl) return false;
  const info = gl.getExtension("WEBGL_debug_renderer_info");
  const name = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return !/swiftshader|llvmpipe|software|basic render/i.test(name);
}

/** The model's bytes, with word of how far they are. */
async function fetched(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`the model is not here (${answer.status})`);
  const whole = Number(answer.headers.get("content-length")) || 0;
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

async function open({ model, masks, people, delegate }) {
  const bytes = await fetched(model);
  const files = await FilesetResolver.forVisionTasks(WASM, true);
  const tries = delegate === "CPU" || !hasGraphics() ? ["CPU"] : ["GPU", "CPU"];
  for (const each of tries) {
    try {
      landmarker = await PoseLandmarker.createFromOptions(files, {
        // A copy: the library keeps what it is given, and a second try needs it too.
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

function flat(points, width) {
  const found = new Float32Array(points.length * width);
  points.forEach((point, k) => {
    found[k * width] = point.x;
    found[k * width + 1] = point.y;
    found[k * width + 2] = point.z;
    if (width === 4) found[k * width + 3] = point.visibility ?? 0;
  });
  return found;
}

function detect({ frame, timestamp }) {
  const begun = performance.now();
  // The library wants times that rise; two frames of the same millisecond happen.
  last = Math.max(last + 1, Math.round(timestamp));
  const width = frame.displayWidth ?? frame.width;
  const height = frame.displayHeight ?? frame.height;
  const answer = { kind: "found", width, height, people: 0, landmarks: null, world: null, mask: null, others: [], took: 0 };
  const moved = [];
  try {
    landmarker.detectForVideo(frame, last, (result) => {
      answer.people = result.landmarks.length;
      if (!answer.people) return;
      answer.landmarks = flat(result.landmarks[0], 4);
      answer.world = flat(result.worldLandmarks[0], 3);
      answer.others = result.landmarks.slice(1).map((points) => flat(points, 4));
      moved.push(answer.landmarks.buffer, answer.world.buffer, ...answer.others.map((each) => each.buffer));
      const mask = result.segmentationMasks?.[0];
      if (mask) {
        // Only lent for the length of this call.
        const data = mask.getAsUint8Array().slice();
        answer.mask = { data, width: mask.width, height: mask.height };
        moved.push(data.buffer);
      }
    });
  } finally {
    frame.close();
  }
  answer.took = performance.now() - begun;
  postMessage(answer, moved);
}

addEventListener("message", async ({ data }) => {
  try {
    if (data.kind === "open") await open(data);
    else if (data.kind === "detect") detect(data);
  } catch (error) {
    postMessage({ kind: "broken", message: String(error?.message ?? error) });
  }
});
