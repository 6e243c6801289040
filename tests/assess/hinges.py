"""Measurements with known angles: built from a few parameters, or straight from a synthetic clip's truth."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from hinge_check.arrays import BoolArray, FloatArray
from hinge_check.assess.rep_values import RepValues, rep_values
from hinge_check.capture.track import PoseTrack
from hinge_check.measure.types import HingeAngles, Measurement, Rep, View
from tests.fakes import fake_track

GOOD: dict[str, float] = {
    "hip": 82.0,
    "lumbar": 5.0,
    "knee": 18.0,
    "trunk": 66.0,
    "shank": -3.0,
    "neck": -20.0,
    "hips_back": 0.48,
    "hips_down": 0.05,
}
STANDING: dict[str, float] = {"knee": 6.0, "shank": 5.0}


def ease(x: FloatArray) -> FloatArray:
    """Rise from 0 to 1 with minimum jerk."""
    x = np.clip(x, 0, 1)
    return np.asarray(x**3 * (10 - 15 * x + 6 * x * x))


def hinges(
    reps: Sequence[Mapping[str, float]] = ({}, {}, {}),
    *,
    tempo: tuple[float, float, float] = (2.0, 0.4, 1.5),
    fps: float = 30.0,
    speed: float = 1.0,
    se: float = 4.0,
    top: float = 0.0,
    lumbar_power: float = 1.0,
    knees_lead: float = 1.0,
    lumbar_known: bool = True,
    stands: bool = True,
) -> Measurement:
    """Return a set of hinges; each rep is `GOOD` with its own values laid over.

    Parameters
    ----------
    tempo
        Descent, hold, ascent in real seconds.
    top
        Trunk inclination left after every rep, degrees.
    lumbar_power
        Lumbar flexion follows this power of the movement: below 1 it leads, above 1 it lags.
    knees_lead
        On the way up the knees run this much ahead of everything else (1: together).
    """
    lead, rest = 1.0, 0.8
    total = lead + len(reps) * (sum(tempo) + rest)
    real = np.arange(int(total * fps)) / fps
    names = (*GOOD,)
    angles = {name: np.full(len(real), STANDING.get(name, 0.0)) for name in names}
    found, begin = [], lead
    for knobs in reps:
        down, low, up = begin, begin + tempo[0], begin + tempo[0] + tempo[1]
        end = up + tempo[2]
        way = np.where(real < up, ease((real - down) / tempo[0]), 1 - ease((real - up) / tempo[2]))
        knees = np.where(real < up, way, 1 - ease(knees_lead * (real - up) / tempo[2]))
        inside = (real >= down) & (real <= end)
        for name in names:
            shape = {"lumbar": way**lumbar_power, "knee": knees}.get(name, way)
            zero = STANDING.get(name, 0.0)
            angles[name] += np.where(inside, ({**GOOD, **knobs}[name] - zero) * shape, 0.0)
        after = real > end
        angles["trunk"] = np.where(after | (inside & (real > up)), np.maximum(angles["trunk"], top), angles["trunk"])
        at = [round(t * fps) for t in (down, low, up, end)]
        found.append(Rep(at[0], at[1], (at[1] + at[2]) // 2, at[2], at[3], bounces=int(knobs.get("bounces", 0))))
        begin = end + rest
    return measurement(real / speed, angles, found, real < lead - 0.1, se, speed, lumbar_known, stands)


def measurement(
    time_s: FloatArray,
    angles: Mapping[str, FloatArray],
    reps: Sequence[Rep],
    standing: BoolArray,
    se: float,
    speed: float = 1.0,
    lumbar_known: bool = True,
    stands: bool = True,
) -> Measurement:
    """Return a `Measurement` of the given angles."""
    n = len(time_s)
    unknown = np.full(n, np.nan)
    errors = np.full(n, se) if lumbar_known else unknown
    return Measurement(
        view=View("right", "right", 3.0, 4.0, 0.0, 600.0, 1.0),
        angles=HingeAngles(
            time_s=time_s,
            trunk_inclination=angles["trunk"],
            hip_flexion=angles["hip"] if lumbar_known else unknown,
            hip_se=errors,
            lumbar_flexion=angles["lumbar"] if lumbar_known else unknown,
            lumbar_se=errors,
            pelvic_tilt=angles["trunk"] - angles["lumbar"] / 2 if lumbar_known else unknown,
            knee_flexion=angles["knee"],
            shank_inclination=angles["shank"],
            neck_flexion=angles["neck"],
            bend=angles["hip"] + angles["lumbar"],
            hips_back=angles["hips_back"],
            hips_down=angles["hips_down"],
            wrist_forward=unknown,
            lumbar_quality=0.9 if lumbar_known else 0.0,
            lumbar_abstains="" if lumbar_known else "A loose top hides your back.",
        ),
        reps=tuple(reps),
        phase=np.full(n, "", dtype="<U8"),
        standing=standing if stands else np.zeros(n, bool),
        back_px=np.full((n, 0, 2), np.nan),
        speed=speed,
        findings=(),
        refusal=None,
    )


def from_truth(path: Path, *, se: float = 4.0, bias: float = 0.0, noise: float = 0.0, seed: int = 0) -> Measurement:
    """Return the measurement that a clip's truth would give, with deliberate errors added.

    Parameters
    ----------
    bias
        Degrees added to lumbar flexion and taken from hip flexion, growing with the movement as a wrong slope does.
    noise
        Standard deviation of a slow error (half a second long) of every angle, degrees.
    """
    truth = json.loads(path.read_text())
    frames = truth["frames"]

    def column(name: str) -> FloatArray:
        return np.array([frame[name] for frame in frames], dtype=float)

    hip, lumbar = column("hip_flexion"), column("lumbar_flexion")
    moved = np.clip((hip + lumbar) / 60.0, 0.0, 1.0)
    angles = {
        "hip": hip - bias * moved,
        "lumbar": lumbar + bias * moved,
        "knee": column("knee_flexion"),
        "trunk": column("trunk_inclination"),
        "shank": column("shank_inclination"),
        "neck": column("neck_flexion"),
        **_travel(truth),
    }
    rng = np.random.default_rng(seed)
    if noise:
        width = max(3, int(truth["fps"] / 2))
        for name in ("hip", "lumbar", "knee", "trunk", "shank", "neck"):
            rough = np.convolve(rng.standard_normal(len(frames) + width - 1), np.ones(width) / np.sqrt(width), "valid")
            angles[name] = angles[name] + noise * rough
    reps = [
        Rep(r["start"], r["bottom_start"], (r["bottom_start"] + r["bottom_end"]) // 2, r["bottom_end"], r["end"])
        for r in truth["reps"]
    ]
    index = np.arange(len(frames))
    return measurement(column("t"), angles, reps, index < reps[0].start, se)


def _travel(truth: Mapping[str, Any]) -> dict[str, FloatArray]:
    """Return hips back and down in trunk lengths, from the joints in the picture."""

    def middle(joint: str) -> FloatArray:
        pairs = [[frame["px"][f"{joint}_l"], frame["px"][f"{joint}_r"]] for frame in truth["frames"]]
        return np.asarray(np.array(pairs, dtype=float).mean(axis=1))

    facing = truth["facing"] if "facing" in truth else truth["spec"]["camera"]["facing"]
    hip, shoulder, ankle = middle("hip"), middle("shoulder"), middle("ankle")
    length = float(np.linalg.norm((shoulder - hip)[0]))
    back = (ankle - hip)[:, 0] / length * (1 if facing == "right" else -1)
    down = hip[:, 1] / length
    return {"hips_back": back - back[0], "hips_down": down - down[0]}


def track_for(m: Measurement) -> PoseTrack:
    """Return a track of nobody, as long as the measurement."""
    track = fake_track(len(m.angles.time_s))
    return replace(track, time_s=np.asarray(m.angles.time_s, dtype=float))


def values(m: Measurement | None = None, /, **changes: float) -> RepValues:
    """Return the values of a set with columns replaced by constants."""
    v = rep_values(hinges() if m is None else m)
    known = {f.name for f in fields(RepValues)}
    assert set(changes) <= known
    columns: dict[str, Any] = {name: np.full(len(v), x) for name, x in changes.items()}
    return replace(v, **columns)
