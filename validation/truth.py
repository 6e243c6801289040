"""A rendered clip's truth as arrays, and the measurement that a faultless instrument would give."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from hinge_check.arrays import BoolArray, FloatArray, Side
from hinge_check.assess.windows import bottom_window
from hinge_check.measure.types import HingeAngles, Measurement, Phase, Rep, View

Clothing = Literal["fitted", "loose", "hooded"]

ANGLES: dict[str, str] = {
    "hip": "hip_flexion",
    "lumbar": "lumbar_flexion",
    "pelvis": "pelvis_tilt",
    "knee": "knee_flexion",
    "trunk": "trunk_inclination",
    "shank": "shank_inclination",
    "neck": "neck_flexion",
}
"""Angles compared, by their name in the truth. All as change from standing but the knee, which is absolute."""

ABSOLUTE = {"knee"}

LOOSE_FROM = 0.02
"""Metres of cloth off the skin from which a top counts as loose; below, it follows the back."""

BELOW_EYES = 0.94
"""Share of stature below the eyes (Drillis & Contini 1966)."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What is known of a rendered clip.

    Parameters
    ----------
    time_s : (T,) seconds from the first frame
    angles : name -> (T,) degrees, as in `ANGLES`
    raw : name -> (T,) degrees as the renderer states them, by its names
    reps : repetitions as frames of the truth
    standing : (T,) frames outside every repetition, which give the zero
    px : joint -> (T, 2) pixels of the source picture, continuous (pixel i covers i to i + 1)
    """

    time_s: FloatArray
    angles: dict[str, FloatArray]
    raw: dict[str, FloatArray]
    reps: tuple[Rep, ...]
    standing: BoolArray
    px: dict[str, FloatArray]
    xyz: dict[str, FloatArray]
    facing: Side
    yaw_deg: float
    clothing: Clothing
    arms: str
    hair: str
    sex: str
    weight: float
    height_px: float
    fps: float

    def bottom(self, i: int) -> slice:
        """Return the frames that stand for the bottom of repetition `i`, by the product's own rule."""
        return bottom_window(self.reps[i], self.time_s)

    def at_bottom(self, i: int) -> dict[str, float]:
        """Return the median of every angle over the bottom of repetition `i`."""
        return {name: float(np.median(values[self.bottom(i)])) for name, values in self.angles.items()}


def load_truth(path: Path, sample: Mapping[str, Any]) -> Truth:
    """Read NAME.truth.json; `sample` holds what a truth without specification leaves out (clips.toml)."""
    data = json.loads(path.read_text())
    spec = data.get("spec") or {}
    camera = spec.get("camera") or {"facing": sample.get("facing", "right"), "yaw": sample.get("yaw", 0.0)}
    clothes = spec.get("clothes") or {"loose": sample.get("loose", 0.0)}
    phenotype = (spec.get("body") or {}).get("phenotype") or {}
    frames = data["frames"]
    reps = tuple(
        Rep(
            r["start"],
            r["bottom_start"],
            (r["bottom_start"] + r["bottom_end"]) // 2,
            r["bottom_end"],
            r["end"],
            from_floor=r["start"] == r["bottom_start"] == 0,
        )
        for r in data["reps"]
    )
    standing = np.ones(len(frames), bool)
    for rep in reps:
        standing[rep.start : rep.end + 1] = False
    raw = {name: np.array([frame[name] for frame in frames], float) for name in ANGLES.values()}
    px = _points(frames, "px")
    return Truth(
        time_s=np.array([frame["t"] for frame in frames], float),
        angles={
            name: raw[key] - (0.0 if name in ABSOLUTE else float(np.median(raw[key][standing])))
            for name, key in ANGLES.items()
        },
        raw=raw,
        reps=reps,
        standing=standing,
        px=px,
        xyz=_points(frames, "xyz") if "xyz" in frames[0] else {},
        facing=camera["facing"],
        yaw_deg=float(camera["yaw"]),
        clothing=_clothing(clothes),
        arms=str((spec.get("arms") or {}).get("posture", "hanging")),
        hair=str(spec.get("hair_style", "short")),
        sex="female" if float(phenotype.get("gender", 0.0)) >= 0.5 else "male",
        weight=float(phenotype.get("weight", 0.5)),
        height_px=_height(px, standing),
        fps=float(data["fps"]),
    )


def _points(frames: Sequence[Mapping[str, Any]], key: str) -> dict[str, FloatArray]:
    return {name: np.array([frame[key][name] for frame in frames], float) for name in frames[0][key]}


def _clothing(clothes: Mapping[str, Any]) -> Clothing:
    if clothes.get("top") == "hooded":
        return "hooded"
    return "loose" if float(clothes.get("loose") or 0.0) >= LOOSE_FROM else "fitted"


def _height(px: Mapping[str, FloatArray], standing: BoolArray) -> float:
    """Return the stature in source pixels: head joint to ankles, scaled by the body's own proportions."""
    top, ankles = px["head"][standing, 1], (px["ankle_l"] + px["ankle_r"])[standing, 1] / 2
    # On the bodies of the rig the head joint lies at 0.92 of stature and the ankles at 0.045.
    return float(np.median(ankles - top)) / 0.875


def faultless_measurement(truth: Truth, se: float = 1.0) -> Measurement:
    """Return the measurement that the truth itself would give: what a perfect analysis of the clip would report.

    Parameters
    ----------
    se
        Error that is claimed for hip and lumbar flexion, degrees; small, so that the limits alone decide.
    """
    n = len(truth.time_s)
    raw, none = truth.raw, np.full(n, np.nan)
    back, down = _travel(truth)
    angles = HingeAngles(
        time_s=truth.time_s,
        trunk_inclination=raw["trunk_inclination"],
        hip_flexion=truth.angles["hip"],
        hip_se=np.full(n, se),
        lumbar_flexion=truth.angles["lumbar"],
        lumbar_se=np.full(n, se),
        pelvic_tilt=truth.angles["pelvis"],
        knee_flexion=truth.angles["knee"],
        shank_inclination=raw["shank_inclination"],
        neck_flexion=truth.angles["neck"],
        bend=truth.angles["hip"] + truth.angles["lumbar"],
        hips_back=back,
        hips_down=down,
        wrist_forward=none,
        lumbar_quality=1.0,
        lumbar_abstains="",
    )
    return Measurement(
        view=View(truth.facing, truth.facing, truth.yaw_deg, 1.0, 0.0, truth.height_px, 1.0),
        angles=angles,
        reps=truth.reps,
        phase=np.full(n, str(Phase.NONE), dtype="<U8"),
        standing=truth.standing,
        back_px=np.full((n, 0, 2), np.nan),
        speed=1.0,
        findings=(),
        refusal=None,
    )


def _travel(truth: Truth) -> tuple[FloatArray, FloatArray]:
    """Return hips behind the ankles and hips lowered, trunk lengths, change from standing."""
    if truth.xyz:  # metres: the person faces -y, z up
        hip, shoulder = truth.xyz["mid_hip"], truth.xyz["mid_shoulder"]
        ankle = (truth.xyz["ankle_l"] + truth.xyz["ankle_r"]) / 2
        length = float(np.median(np.linalg.norm((shoulder - hip)[truth.standing], axis=1)))
        back, down = (hip - ankle)[:, 1] / length, -hip[:, 2] / length
    else:
        hip, shoulder = truth.px["mid_hip"], truth.px["mid_shoulder"]
        ankle = (truth.px["ankle_l"] + truth.px["ankle_r"]) / 2
        length = float(np.median(np.linalg.norm((shoulder - hip)[truth.standing], axis=1)))
        back = (ankle - hip)[:, 0] / length * (1 if truth.facing == "right" else -1)
        down = hip[:, 1] / length
    return back - np.median(back[truth.standing]), down - np.median(down[truth.standing])
