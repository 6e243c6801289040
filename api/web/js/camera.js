// The camera, opened and closed; what stands in its way, told by kind.

/** @typedef {"denied" | "none" | "busy" | "insecure" | "unfit"} Kind */

export class CameraProblem extends Error {
  /** @param {Kind} kind @param {unknown} [cause] */
  constructor(kind, cause) {
    super(kind, { cause });
    this.kind = kind;
  }
}

const KINDS = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "none",
  OverconstrainedError: "none",
  NotReadableError: "busy",
  AbortError: "busy",
};

function blind() {
  if (!isSecureContext) return "insecure";
  return navigator.mediaDevices?.getUserMedia ? null : "unfit";
}

/** What is in the way of filming before anybody is asked, or null. @returns {Kind | null} */
export const unfit = () => blind() ?? ("MediaRecorder" in window ? null : "unfit");

/**
 * @param {"environment" | "user"} facing
 * @returns {Promise<{stream: MediaStream, facing: "environment" | "user", several: boolean, close: () => void}>}
 *   `facing` is where the camera that came looks, as far as it says
 * @throws {CameraProblem}
 */
export async function openCamera(facing) {
  const hindrance = blind();
  if (hindrance) throw new CameraProblem(hindrance);
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      audio: false,
      // More than 720 lines add nothing to the measuring, and make a phone's line slow.
      video: { facingMode: { ideal: facing }, width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } },
    });
  } catch (error) {
    throw new CameraProblem(KINDS[error.name] ?? "unfit", error);
  }
  const [track] = stream.getVideoTracks();
  const cameras = (await navigator.mediaDevices.enumerateDevices()).filter((each) => each.kind === "videoinput");
  const said = track.getSettings().facingMode;
  return {
    stream,
    facing: said === "user" || said === "environment" ? said : facing,
    several: cameras.length > 1,
    close: () => stream.getTracks().forEach((each) => each.stop()),
  };
}

/** The kinds of video a recorder may make here, the one we like best first. @returns {string} "" for the browser's own */
export function recordingType(supported = (type) => MediaRecorder.isTypeSupported(type), vendor = navigator.vendor) {
  const mp4 = ["video/mp4;codecs=avc1.42E01F", "video/mp4"];
  const webm = ["video/webm;codecs=h264", "video/webm;codecs=vp8", "video/webm;codecs=vp9", "video/webm"];
  // On Apple's devices H.264 in mp4 is what the chip writes; elsewhere webm is the older, well-trodden way.
  return (/apple/i.test(vendor) ? [...mp4, ...webm] : [...webm, ...mp4]).find(supported) ?? "";
}
