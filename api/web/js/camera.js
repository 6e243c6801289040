// Opens and closes the camera; what prevents it is named by kind.

/** @typedef {"denied" | "none" | "busy" | "insecure" | "unfit"} CameraErrorKind */
/** @typedef {"environment" | "user"} Facing */

/**
 * @typedef {object} Camera
 * @property {MediaStream} stream
 * @property {Facing} facing where this camera looks, as far as it says
 * @property {boolean} several whether there is another camera to switch to
 * @property {() => void} close
 */

/** The camera could not be opened. */
export class CameraError extends Error {
  /** @param {CameraErrorKind} kind @param {unknown} [cause] */
  constructor(kind, cause) {
    super(kind, { cause });
    this.kind = kind;
  }
}

/** @type {Record<string, CameraErrorKind>} */
const KINDS = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "none",
  OverconstrainedError: "none",
  NotReadableError: "busy",
  AbortError: "busy",
};

/** @returns {CameraErrorKind | null} */
function cameraObstacle() {
  if (!isSecureContext) return "insecure";
  return "getUserMedia" in (navigator.mediaDevices ?? {}) ? null : "unfit";
}

/** What prevents filming before any permission is asked for, or null. @returns {CameraErrorKind | null} */
export const filmingObstacle = () => cameraObstacle() ?? ("MediaRecorder" in window ? null : "unfit");

/**
 * Opens a camera, the one that looks where asked if there is one.
 * @param {Facing} facing
 * @returns {Promise<Camera>}
 * @throws {CameraError}
 */
export async function openCamera(facing) {
  const obstacle = cameraObstacle();
  if (obstacle) throw new CameraError(obstacle);
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      audio: false,
      // More than 720 lines add nothing to the measurement, and slow down a phone's upload.
      video: {
        facingMode: { ideal: facing },
        width: { ideal: 1280 },
        height: { ideal: 720 },
        frameRate: { ideal: 30 },
      },
    });
  } catch (error) {
    throw new CameraError((error instanceof Error && KINDS[error.name]) || "unfit", error);
  }
  const [track] = stream.getVideoTracks();
  const cameras = (await navigator.mediaDevices.enumerateDevices()).filter((each) => each.kind === "videoinput");
  const reported = track.getSettings().facingMode;
  return {
    stream,
    facing: reported === "user" || reported === "environment" ? reported : facing,
    several: cameras.length > 1,
    close: () => {
      for (const each of stream.getTracks()) each.stop();
    },
  };
}

/**
 * Picks the type of video to record here, the preferred one first.
 * @param {(type: string) => boolean} [isSupported]
 * @param {string} [vendor]
 * @returns {string} "" for the browser's own choice
 */
export function pickRecordingType(
  isSupported = (type) => MediaRecorder.isTypeSupported(type),
  vendor = navigator.vendor,
) {
  const mp4 = ["video/mp4;codecs=avc1.42E01F", "video/mp4"];
  const webm = ["video/webm;codecs=h264", "video/webm;codecs=vp8", "video/webm;codecs=vp9", "video/webm"];
  // On Apple's devices the chip encodes H.264 in mp4; elsewhere webm is the older, well-tested path.
  return (/apple/i.test(vendor) ? [...mp4, ...webm] : [...webm, ...mp4]).find(isSupported) ?? "";
}
