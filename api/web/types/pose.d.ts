// What js/pose/worker.js finds in a picture; landmarker.js passes it on.

export interface Mask {
  /** 0..255, confidence that a pixel is the person. */
  data: Uint8Array;
  width: number;
  height: number;
}

export interface Pose {
  /** Of the picture, in pixels. */
  width: number;
  height: number;
  /** How many people were found, up to as many as were asked for. */
  people: number;
  /** 33 × (x, y, z, visibility); x, y as shares of width and height; null when nobody is there. */
  landmarks: Float32Array | null;
  /** 33 × (x, y, z), metres from the mid-hip. */
  world: Float32Array | null;
  mask: Mask | null;
  /** Landmarks of further people. */
  others: Float32Array[];
  /** Milliseconds of inference. */
  took: number;
}
