"""Random people, clothes, cameras and hinges, over the range that the estimator must cover."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from validation.rig.kinematics import Knobs
from validation.rig.motion import ease
from validation.rig.spec import (
    LUMBAR_SHARE,
    ArmsSpec,
    BodySpec,
    CameraSpec,
    ClipSpec,
    ClothesSpec,
    HairStyle,
    MotionSpec,
    from_mapping,
)

REACH = 150.0
"""Degrees of hip and lumbar flexion together beyond which belly and thighs would meet for most bodies."""

FROM_FLOOR = 0.35
"""Share of hinges that go to the floor as a deadlift or a squat does: hips and knees deep."""

Rng = np.random.Generator


@dataclass(frozen=True, slots=True)
class SampledPose:
    """`phase` 0 standing .. 1 at the bottom of hinge `rep` (-1 for the standing pose)."""

    knobs: Knobs
    rep: int
    phase: float


def sample_body(rng: Rng) -> BodySpec:
    """Draw a body: mostly male or female, the rest in between."""
    gender = float(np.clip(rng.choice([0.0, 1.0]) + rng.normal(0, 0.25), 0, 1)) if rng.random() < 0.8 else rng.random()
    ancestry = rng.dirichlet([0.7, 0.7, 0.9])
    return BodySpec(
        stature=round(float(np.clip(rng.normal(1.77 - 0.13 * gender, 0.075), 1.5, 1.95)), 3),
        phenotype={
            "gender": round(float(gender), 3),
            "age": round(float(rng.uniform(0.5, 1.0)), 3),
            "weight": round(float(rng.triangular(0.2, 0.6, 1.3)), 3),
            "muscle": round(float(rng.uniform(0.3, 0.9)), 3),
            "height": round(float(rng.uniform(0.35, 0.75)), 3),
            "proportions": round(float(rng.uniform(0.3, 0.9)), 3),
            "cupsize": round(float(rng.uniform(0.2, 0.8)), 3),
            **{k: round(float(v), 3) for k, v in zip(("african", "asian", "caucasian"), ancestry, strict=True)},
        },
    )


def sample_clothes(rng: Rng) -> ClothesSpec:
    """Draw clothes: a third fitted, half increasingly loose, the rest hooded or bare."""
    bottom: Any = rng.choice(["shorts", "trunks", "tights", "trousers"], p=[0.35, 0.1, 0.3, 0.25])
    draw = rng.random()
    common: dict[str, Any] = {"bottom": str(bottom), "bottom_loose": float(rng.uniform(0, 1))}
    if draw < 0.05:
        return from_mapping(ClothesSpec, {"top": "bare", **common})
    if draw < 0.20:
        return from_mapping(
            ClothesSpec,
            {
                "top": "hooded",
                "sleeve": 2.0,
                "shirt_hem": float(rng.uniform(-0.10, 0.03)),
                "loose": float(rng.uniform(0.0, 0.08)),
                "wrinkle": float(rng.uniform(0.0, 0.006)),
                "drape": float(rng.random()),
                **common,
            },
        )
    fitted = draw < 0.55
    return from_mapping(
        ClothesSpec,
        {
            "sleeve": float(rng.choice([0.05, 0.55, 2.0], p=[0.2, 0.5, 0.3]) * rng.uniform(0.8, 1.0)),
            "shirt_hem": float(rng.uniform(-0.06, 0.06)),
            "loose": float(rng.uniform(0.0, 0.015) if fitted else rng.uniform(0.015, 0.08)),
            "wrinkle": float(rng.uniform(0.0, 0.0015) if fitted else rng.uniform(0.0, 0.005)),
            "drape": float(rng.uniform(0, 0.3) if fitted else rng.random()),
            **common,
        },
    )


def sample_camera(rng: Rng) -> CameraSpec:
    """Draw a camera: yaw mostly within 15 degrees, up to 35; the rest as phones are put down."""
    yaw = rng.normal(0, 9) if rng.random() < 0.75 else rng.uniform(-35, 35)
    return from_mapping(
        CameraSpec,
        {
            "facing": str(rng.choice(["left", "right"])),
            "yaw": float(np.clip(yaw, -35, 35)),
            "distance": float(rng.uniform(2.0, 4.0)),
            "height": float(rng.uniform(0.5, 1.6)),
            "target_z": float(rng.uniform(0.8, 1.0)),
            "fov": float(rng.uniform(45, 75)),
            "roll": float(np.clip(rng.normal(0, 1.6), -4, 4)),
        },
    )


def sample_arms(rng: Rng) -> ArmsSpec:
    """Draw a posture of the arms, half of the time hanging."""
    posture = str(rng.choice(["hanging", "crossed", "forward", "bar", "dowel"], p=[0.52, 0.18, 0.12, 0.12, 0.06]))
    arms: dict[str, Any] = {
        "posture": posture,
        "abduct": float(rng.uniform(4, 14)),
        "forward": float(rng.uniform(0, 12)),
    }
    if posture == "forward":
        arms["forward"] = float(rng.uniform(15, 80))
    if posture == "bar":
        arms["load"] = float(rng.uniform(0.1, 1.0))
        arms["plate"] = 0.225 if rng.random() < 0.4 else 0.0
    return from_mapping(ArmsSpec, arms)


def sample_hair(rng: Rng) -> HairStyle:
    """Draw a hair style."""
    style: Any = rng.choice(["short", "crop", "bob", "pony", "long"], p=[0.4, 0.2, 0.2, 0.1, 0.1])
    return str(style)  # type: ignore[return-value]


def sample_motion(rng: Rng) -> MotionSpec:
    """Draw standing posture and how lumbar flexion spreads over its joints; the hinges come from `sample_poses`."""
    share = rng.dirichlet(14 * np.array(list(LUMBAR_SHARE.values())))
    return MotionSpec(
        knee0=float(rng.uniform(2, 10)),
        lumbar0=float(np.clip(rng.normal(0, 6), -14, 14)),
        thoracic0=float(np.clip(rng.normal(0, 5), -12, 12)),
        lumbar_dist=dict(zip(LUMBAR_SHARE, (float(x) for x in share), strict=True)),
        lumbar_delay=float(rng.choice([0.0, rng.uniform(0, 0.5)])),
        stance=float(rng.uniform(0, 6)),
        balance=float(rng.uniform(0.02, 0.07)),
    )


def sample_clip(rng: Rng, number: int) -> ClipSpec:
    """Draw everything about one person."""
    return ClipSpec(
        name=f"mesh_{number:05d}",
        seed=int(rng.integers(1 << 31)),
        body=sample_body(rng),
        motion=sample_motion(rng),
        arms=sample_arms(rng),
        clothes=sample_clothes(rng),
        hair_style=sample_hair(rng),
        camera=sample_camera(rng),
    )


def sample_peak(rng: Rng) -> Knobs:
    """Draw the bottom of a hinge: hip and lumbar flexion independent, so that neither can be guessed from the other."""
    from_floor = rng.random() < FROM_FLOOR
    hip = float(rng.uniform(70, 130) if from_floor else rng.uniform(20, 100))
    lumbar = float(rng.uniform(-20, min(60.0, REACH - hip)))
    if rng.random() < 0.25:  # neutral backs are common and must be told from slightly round ones
        lumbar = float(rng.normal(3, 4))
    thoracic = float(np.clip(rng.normal(0, 6) + rng.uniform(0, 0.4) * lumbar, -15, 35))
    knee = float(rng.uniform(5, 40) if rng.random() < 0.7 else rng.uniform(30, 90))
    if from_floor:
        knee = float(rng.uniform(50, 125))
    return Knobs(hip=hip, lumbar=lumbar, knee=knee, neck=float(rng.uniform(-40, 30)), thoracic=thoracic)


def sample_poses(rng: Rng, motion: MotionSpec, hinges: int = 3, each: int = 7) -> list[SampledPose]:
    """Draw one standing pose, then `each` poses through each of `hinges` different hinges, ending at its bottom."""
    poses = [SampledPose(Knobs(knee=motion.knee0), -1, 0.0)]
    for rep in range(hinges):
        peak = sample_peak(rng)
        delay = motion.lumbar_delay
        for time in [*rng.uniform(0.2, 0.95, each - 1), 1.0]:
            share = float(ease(np.array(time)))
            late = float(ease(np.array((time - delay) / (1 - delay))))
            knobs = Knobs(
                hip=peak.hip * share + float(rng.normal(0, 1)),
                lumbar=peak.lumbar * late + float(rng.normal(0, 1)),
                knee=max(2.0, motion.knee0 + (peak.knee - motion.knee0) * share),
                neck=peak.neck * share + float(rng.normal(0, 2)),
                thoracic=peak.thoracic * late,
            )
            poses.append(SampledPose(knobs, rep, share))
    return poses
