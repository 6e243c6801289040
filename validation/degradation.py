"""MediaPipe's view of a body whose joints and outline are known: the figures that `validation/simulate.py` quotes.

    python -m validation.degradation

Offsets are in trunk lengths along the true axis from mid-hip to mid-shoulder and away from it towards the back;
between-clip spreads are standard deviations over clips.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from hinge_check.arrays import FloatArray
from hinge_check.capture.silhouette import axis_normal, trunk_edges
from hinge_check.capture.track import PoseTrack
from hinge_check.cli.native_output import native_noise_hidden
from hinge_check.measure.back_profile import BACK_S, dorsal_row, read_profiles
from validation.clipset import Clip, find_clips
from validation.markdown import NONE, number
from validation.track_cache import track_of

SIDE_DEG = 15.0
"""Yaw up to which a clip counts as a side view; the others only show what yaw does."""

SIGMAS: FloatArray = np.arange(0.4, 4.01, 0.3)
"""Blurs tried on the true outline, pixels."""

BENT_DEG = 40.0
"""Trunk inclination from which a frame of known outline counts as bent."""


@dataclass(frozen=True, slots=True)
class ClipOffsets:
    """One clip: offsets (along, dorsal), trunk lengths; outline against the true one."""

    name: str
    yaw: float
    lumbar: float
    """True lumbar flexion at its deepest bottom, degrees."""
    hip_standing: FloatArray
    hip_bottom: FloatArray
    shoulder_standing: FloatArray
    shoulder_bottom: FloatArray
    jitter: float
    """Frame-to-frame standard deviation of the hip's offset while standing, trunk lengths."""
    bend_error: float
    """Shoulder-hip-knee flexion from landmarks minus that of the joints at the bottom, degrees."""
    edge_bias: float
    """Seen minus true depth of the back edge, trunk lengths: mean over the bent frames' profiles."""
    edge_noise: float
    """Its standard deviation along the back."""
    sigma_px: float
    """Blur that makes the true outline as soft as the seen one, scaled to a stature of 280 px."""
    shape_px: float
    """Blur after which the true outline's shape is closest to the seen one: what the mask's resolution leaves of it."""


def observe(clip: Clip, track: PoseTrack) -> ClipOffsets:
    """Compare landmarks and mask edge of one captured clip with its truth."""
    truth = clip.truth
    scale = track.info.frame_size[0] / track.info.source_size[0]
    frames = np.clip(np.rint(track.time_s * truth.fps).astype(int), 0, len(truth.time_s) - 1)

    def true(name: str) -> FloatArray:
        return np.asarray(truth.px[name][frames] * scale)

    def middle(left: int) -> FloatArray:
        return np.asarray(np.asarray(track.landmarks[:, [left, left + 1], :2], float).mean(axis=1))

    hip, shoulder = true("mid_hip"), true("mid_shoulder")
    axis, normal, length = axis_normal(hip, shoulder)
    dorsal = normal if dorsal_row(truth.facing) == 0 else -normal

    def off(seen: FloatArray, joint: FloatArray) -> FloatArray:
        d = (seen - joint) / length[:, None]
        return np.asarray(np.stack([(d * axis).sum(axis=1), (d * dorsal).sum(axis=1)], axis=1))

    hips, shoulders = off(middle(23), hip), off(middle(11), shoulder)
    standing = truth.standing[frames]
    deepest = max(range(len(truth.reps)), key=lambda i: truth.at_bottom(i)["lumbar"])
    bottom = np.zeros(len(truth.time_s), bool)
    bottom[truth.bottom(deepest)] = True
    low = bottom[frames]
    knee_seen, knee = middle(25), (true("knee_l") + true("knee_r")) / 2
    bend = _bend(middle(11), middle(23), knee_seen) - _bend(shoulder, hip, knee)
    bias, noise, *blurs = _outline(clip, track, scale)
    to_280 = 280.0 / (truth.height_px * scale)
    return ClipOffsets(
        name=clip.name,
        yaw=truth.yaw_deg,
        lumbar=truth.at_bottom(deepest)["lumbar"],
        hip_standing=np.nanmedian(hips[standing], axis=0),
        hip_bottom=np.nanmedian(hips[low], axis=0),
        shoulder_standing=np.nanmedian(shoulders[standing], axis=0),
        shoulder_bottom=np.nanmedian(shoulders[low], axis=0),
        jitter=float(np.nanstd(np.diff(hips[standing], axis=0)) / np.sqrt(2)),
        bend_error=float(np.nanmedian(bend[low]) - np.nanmedian(bend[standing])),
        edge_bias=bias,
        edge_noise=noise,
        sigma_px=blurs[0] * to_280,
        shape_px=blurs[1] * to_280,
    )


def _bend(a: FloatArray, b: FloatArray, c: FloatArray) -> FloatArray:
    """Return 180 deg minus the angle at b, degrees."""
    u, v = a - b, c - b
    return np.asarray(180 - np.degrees(np.abs(np.arctan2(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0], (u * v).sum(axis=1)))))


def _outline(clip: Clip, track: PoseTrack, scale: float) -> tuple[float, float, float, float]:
    """Return bias and spread of the seen back edge, trunk lengths, and two mask blurs, pixels (see `ClipOffsets`).

    NaN where no true outline is kept or no frame is bent.
    """
    nothing = (np.nan, np.nan, np.nan, np.nan)
    if clip.mask is None:
        return nothing
    with np.load(clip.mask) as data:
        numbers, shape = data["frames"], tuple(data["shape"].tolist())
        masks = np.unpackbits(data["bits"], axis=None)[: len(numbers) * int(np.prod(shape[-2:]))]
    masks = masks.reshape(len(numbers), *shape[-2:])
    truth, row = clip.truth, dorsal_row(clip.truth.facing)
    trunk = (BACK_S > 0.0) & (BACK_S < 1.0)
    rays = slice(10, 60)
    softness, widths, differences = [], [], []
    for at_truth, mask in zip(numbers.tolist(), masks, strict=True):
        at = int(np.argmin(np.abs(track.time_s - truth.time_s[at_truth])))
        if truth.raw["trunk_inclination"][at_truth] < BENT_DEG or not track.seen[at]:
            continue
        points = np.asarray(track.landmarks[at, :, :2], float)
        hip, shoulder = points[[23, 24]].mean(axis=0), points[[11, 12]].mean(axis=0)
        size = (round(mask.shape[1] * scale), round(mask.shape[0] * scale))
        hard = cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA)
        tried = [trunk_edges(cv2.GaussianBlur(hard, (0, 0), float(sigma)), hip, shoulder) for sigma in SIGMAS]
        edges = np.stack([edge[row] for edge, _ in tried])
        seen = read_profiles(np.asarray(track.edges[at, row], float)[None])
        difference = (seen - read_profiles(edges))[:, trunk] / float(np.hypot(*(shoulder - hip)))
        if not np.isfinite(difference).all():
            continue
        differences.append(difference)
        softness.append(np.nanmedian(track.edge_blur[at, row][rays]))
        widths.append([np.nanmedian(blur[row][rays]) for _, blur in tried])
    if not differences:
        return nothing
    profile = np.stack(differences)
    along = (profile - profile.mean(axis=2, keepdims=True)).std(axis=(0, 2))
    sigma = float(np.interp(np.median(softness), np.median(widths, axis=0), SIGMAS))
    return float(np.median(profile[:, 0])), float(along[0]), sigma, float(SIGMAS[int(np.argmin(along))])


def slope(x: FloatArray, y: FloatArray) -> float:
    """Return the least-squares slope of y on x over what is known; NaN under three points."""
    ok = np.isfinite(x) & np.isfinite(y)
    return float(np.polyfit(x[ok], y[ok], 1)[0]) if ok.sum() >= 3 else float("nan")


def table(rows: list[ClipOffsets]) -> list[str]:
    """Return lines of markdown: what simulate.py names, as measured."""
    side = [r for r in rows if abs(r.yaw) <= SIDE_DEG]

    def both(name: str) -> tuple[str, str]:
        values = np.array([getattr(r, name) for r in side])
        mean, spread = np.nanmedian(values, axis=0), np.nanstd(values, axis=0)
        return f"{mean[0]:+.3f}, {mean[1]:+.3f}", f"{spread[0]:.3f}, {spread[1]:.3f}"

    def one(name: str, digits: int = 3) -> tuple[str, str]:
        values = np.array([getattr(r, name) for r in side])
        known = values[np.isfinite(values)]
        if not len(known):  # no true outline is kept of any of these clips
            return NONE, NONE
        return number(float(np.median(known)), digits, sign=True), number(float(known.std()), digits)

    sine = np.sin(np.radians([r.yaw for r in rows]))
    by_yaw = [slope(sine, np.array([r.hip_bottom[k] for r in rows])) for k in (0, 1)]
    rounding = np.radians([r.lumbar for r in side])
    by_lumbar = [slope(rounding, np.array([r.shoulder_bottom[k] for r in side])) for k in (0, 1)]
    entries = {
        "mid-hip, standing (along, dorsal)": both("hip_standing"),
        "mid-hip, bottom": both("hip_bottom"),
        "mid-shoulder, standing": both("shoulder_standing"),
        "mid-shoulder, bottom": both("shoulder_bottom"),
        "mid-shoulder, bottom, per radian of lumbar flexion": (f"{by_lumbar[0]:+.3f}, {by_lumbar[1]:+.3f}", ""),
        "mid-hip, bottom, per sine of the yaw": (f"{by_yaw[0]:+.3f}, {by_yaw[1]:+.3f}", ""),
        "frame to frame": one("jitter", 4),
        "bend at the bottom, degrees": one("bend_error", 1),
        "mask edge outside the true one": one("edge_bias"),
        "the same along the back": one("edge_noise"),
        "blur as the edge's softness has it, pixels at 280 px of stature": one("sigma_px", 2),
        "blur as the edge's shape has it, the same": one("shape_px", 2),
    }
    lines = [
        f"Medians over {len(side)} side views (trunk lengths unless said otherwise), and their spread between clips.",
        "",
        "| what | median | between clips |",
        "| --- | --- | --- |",
    ]
    return lines + [f"| {what} | {middle} | {spread} |" for what, (middle, spread) in entries.items()]


def main(folders: list[Path] | None = None) -> None:
    """Print the table."""
    with native_noise_hidden():
        rows = [observe(clip, track_of(clip.video)) for clip in find_clips(folders) if abs(clip.truth.yaw_deg) <= 60]
    for r in rows:
        print(
            f"{r.name:16s} yaw {r.yaw:4.0f} hip {r.hip_standing.round(3)} {r.hip_bottom.round(3)} shoulder "
            f"{r.shoulder_standing.round(3)} {r.shoulder_bottom.round(3)} bend {r.bend_error:+.1f} "
            f"edge {r.edge_bias:+.4f} {r.edge_noise:.4f} sigma {r.sigma_px:.2f} {r.shape_px:.2f}"
        )
    print("\n".join(table(rows)))


if __name__ == "__main__":
    main()
