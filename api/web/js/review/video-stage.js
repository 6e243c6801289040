// The picture of a recording: its video, or what stands in for one, with the measured layers over it.

import { Player } from "hinge/player/player.js";
import { Layers } from "./layers.js";
import { Still } from "./still-player.js";

/**
 * @param {HTMLElement} picture
 * @param {import("./frames.js").Frames} frames
 * @param {(key: string) => string} t words of "review"
 * @returns {{video: HTMLVideoElement | null, player: Player | Still, layers: Layers}}
 */
export function ready(picture, frames, t) {
  picture.style.setProperty("--shape", frames.width / frames.height);
  const video = picture.querySelector("video");
  if (video) {
    video.controls = false;
    video.removeAttribute("poster"); // a still of another moment, under the layers of this one
    video.preload = "auto";
    video.src = video.dataset.original;
  }
  const player = video ? new Player(video, { fps: frames.fps, frames: frames.time_s }) : new Still(frames.time_s);
  const canvas = picture.querySelector("[data-layers]");
  canvas.hidden = false;
  const layers = new Layers(canvas, frames, { hip: t("review-hips-short"), back: t("review-back-short"), knee: t("review-knees-short") });
  return { video, player, layers };
}
