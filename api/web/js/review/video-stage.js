// The picture of a recording: its video, or a still player in its place, with the measured layers over it.
import { findAllAs, findAs } from "hinge/dom.js";
import { Player } from "hinge/player/player.js";
import { Layers } from "./layers.js";
import { StillPlayer } from "./still-player.js";

/** @typedef {Player | StillPlayer} AnyPlayer */

/**
 * Prepares a picture.
 * @param {HTMLElement} picture
 * @param {import("./frames.js").Frames} frames
 * @param {import("hinge/translations.js").Translate} t with the texts of "review"
 * @returns {{video: HTMLVideoElement | null, player: AnyPlayer, layers: Layers}}
 */
export function createVideoStage(picture, frames, t) {
  picture.style.setProperty("--shape", String(frames.width / frames.height));
  const video = findAllAs(picture, "video", HTMLVideoElement)[0] ?? null;
  if (video) {
    video.controls = false;
    video.removeAttribute("poster"); // a still of another moment than the layers
    video.preload = "auto";
    video.src = video.dataset.original ?? "";
  }
  const player = video ? new Player(video, { fps: frames.fps, frames: frames.time_s }) : new StillPlayer(frames.time_s);
  const canvas = findAs(picture, "[data-layers]", HTMLCanvasElement);
  canvas.hidden = false;
  const layers = new Layers(canvas, frames, {
    hip: t("review-hips-short"),
    back: t("review-back-short"),
    knee: t("review-knees-short"),
  });
  return { video, player, layers };
}
