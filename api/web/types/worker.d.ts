// What js/pose/worker.js imports by the address it is served under: import maps do not reach workers.
declare module "*/vision_bundle.mjs" {
  export * from "@mediapipe/tasks-vision";
}
