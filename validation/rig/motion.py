"""Joint angles over time: repetitions with eased phases, spread and a little sway."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np

from validation.rig.kinematics import Knobs
from validation.rig.mesh import FloatArray
from validation.rig.spec import MotionSpec, PerRep

MOVED = ("hip", "lumbar", "knee", "neck", "thoracic")
SWAY = {"hip": 0.5, "lumbar": 0.3, "neck": 0.8, "knee": 0.4, "thoracic": 0.0}
"""Degrees of slow sway on every joint."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """`time` (T,) seconds, `knobs` one a frame, `reps` frame numbers of start, bottom_start, bottom_end, end."""

    time: FloatArray
    knobs: list[Knobs]
    reps: list[dict[str, int]]


def ease(x: FloatArray) -> FloatArray:
    """Step from 0 to 1 with minimum jerk."""
    x = np.clip(x, 0, 1)
    return np.asarray(x * x * x * (10 - 15 * x + 6 * x * x))


def each_rep(value: PerRep, reps: int) -> list[float]:
    """Return one value for each repetition; the last of a list serves the rest."""
    values = list(value) if isinstance(value, tuple) else [value]
    return [values[min(i, len(values) - 1)] for i in range(reps)]


def timeline(spec: MotionSpec, seed: int) -> Timeline:
    """Play a motion spec; the same seed gives the same clip."""
    rng = np.random.default_rng(seed)
    floor = spec.start == "floor"
    clock = spec.lead
    phases: list[tuple[float, float, float, float]] = []
    for k in range(spec.reps):
        down, hold, up, top = (x * (1 + spec.jitter * rng.standard_normal()) for x in spec.tempo)
        if floor and k == 0:  # sits at the bottom for the lead, then rises: no descent, no stand before it
            phases.append((-1.0, -0.5, clock, clock + up))
            clock += up + top
            continue
        phases.append((clock, clock + down, clock + down + hold, clock + down + hold + up))
        clock += down + hold + up + top
    count = round((clock - spec.tempo[3] + spec.tail) * spec.fps)
    t = np.arange(count) / spec.fps
    peak = {name: each_rep(getattr(spec, name), spec.reps) for name in MOVED}
    track = {name: np.zeros(count) for name in MOVED}
    for i, (a, b, c, d) in enumerate(phases):
        for name in MOVED:
            lag = spec.lumbar_delay * (b - a) if name in ("lumbar", "thoracic") else 0.0
            shape = np.where(t < c, ease((t - a - lag) / (b - a - lag)), 1 - ease((t - c) / (d - c - lag)))
            shape = np.where((t >= a) & (t <= d), shape, 0)
            if name == "thoracic" and not any(peak[name]):
                continue  # draws nothing, so that clips without it keep the random numbers they always had
            spread = rng.standard_normal() * (name != "neck")
            value = peak[name][i] * (1 + spec.jitter * spread)
            track[name] += (value - spec.knee0 * (name == "knee")) * shape
    track["knee"] += spec.knee0
    for name in ("hip", "lumbar", "neck", "knee"):
        phase = rng.uniform(0, 6.28, 3)
        waves = [np.sin(2 * np.pi * f * t + p) / 3 for f, p in zip((0.23, 0.41, 0.77), phase, strict=True)]
        track[name] += SWAY[name] * np.sum(waves, axis=0)
    track["knee"] = np.maximum(track["knee"], 2.0)

    def frame(seconds: float) -> int:
        return max(0, round(seconds * spec.fps))

    reps = [
        {"start": frame(a), "bottom_start": frame(b), "bottom_end": frame(c), "end": frame(d)} for a, b, c, d in phases
    ]
    knobs = [Knobs(**{name: float(track[name][i]) for name in MOVED}) for i in range(count)]
    return Timeline(t, knobs, reps)


def motion_dict(spec: MotionSpec, seed: int) -> dict[str, Any]:
    """Return the motion as the truth file states it."""
    return {**dataclasses.asdict(spec), "seed": seed}
