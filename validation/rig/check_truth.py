"""Independent check of the truth: patches of the posed skin must turn as the joint angles say.

    python -m validation.rig.check_truth validation/clips/*.toml

Prints, for the deepest pose of every spec, stated angles beside those of the mesh (rigid fit of the vertices most
firmly attached to a segment, standing against bent), how far the feet and the centre of mass moved.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from validation.rig.body import Body
from validation.rig.kinematics import Knobs, Rig
from validation.rig.mesh import FloatArray, IntArray
from validation.rig.motion import each_rep
from validation.rig.spec import ClipSpec, PerRep, load
from validation.rig.truth import Landmarks, angles

PATCH = 60
"""Vertices a patch: the ones with the largest weight on its bones."""

TOLERANCE = {
    "hip_flexion": (2.5, 0.0),
    "lumbar_flexion": (1.5, 0.03),
    "thoracic_flexion": (2.0, 0.12),
    "knee_flexion": (1.0, 0.0),
}
"""Degrees between stated and seen that pass, and what a degree adds: skin between two bones follows neither fully.

The thorax is cut into three thin slices, whose skin blends the most.
"""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Degrees stated and seen by angle; metres that feet and centre of mass moved."""

    stated: dict[str, float]
    seen: dict[str, float]
    feet: float
    balance: float

    def faults(self) -> list[str]:
        """List the angles that differ by more than the tolerance."""
        return [
            f"{name}: stated {self.stated[name]:.1f}, seen {self.seen[name]:.1f}"
            for name, (limit, share) in TOLERANCE.items()
            if abs(self.stated[name] - self.seen[name]) > limit + share * abs(self.stated[name])
        ]


def measure_turn(before: FloatArray, after: FloatArray) -> float:
    """Return the degrees that a patch of points turned about the lateral axis (orthogonal Procrustes)."""
    a, b = before - before.mean(0), after - after.mean(0)
    u, _, vt = np.linalg.svd(a.T @ b)
    rotation = (vt.T * [1, 1, np.sign(np.linalg.det(vt.T @ u.T))]) @ u.T
    return float(np.degrees(np.arctan2(rotation[2, 1], rotation[1, 1])))


def deepest(value: PerRep, reps: int) -> float:
    """Return the value of largest magnitude over the repetitions."""
    return max(each_rep(value, reps), key=abs)


def check_agreement(spec: ClipSpec) -> Agreement:
    """Stand, bend to the deepest values of the spec, compare."""
    body = Body(spec.body)
    rig = Rig(body, spec.motion, spec.arms)
    reps = spec.motion.reps
    bent = rig.pose(
        Knobs(
            hip=deepest(spec.motion.hip, reps),
            lumbar=deepest(spec.motion.lumbar, reps),
            knee=deepest(spec.motion.knee, reps),
            neck=-10.0,
            thoracic=deepest(spec.motion.thoracic, reps),
        )
    )
    stand = rig.standing
    skin = [body.skin(p.rotation, p.shift) for p in (stand, bent)]

    def patch(*bones: str) -> IntArray:
        share = body.weights[:, [body.index[b] for b in bones]].sum(1)
        return np.argsort(-share)[:PATCH]

    def pitch(*bones: str) -> float:
        ids = patch(*bones)
        return measure_turn(skin[0][ids], skin[1][ids])

    pelvis, thorax, upper = pitch("spine05"), pitch("spine01"), pitch("thorax01")
    femur = pitch("upperleg01.L", "upperleg02.L")
    hip, knee, ankle = (bent.joints[body.index[b]][1:] for b in ("upperleg01.L", "lowerleg01.L", "foot.L"))
    thigh, shank = hip - knee, ankle - knee
    inside = thigh @ shank / np.linalg.norm(thigh) / np.linalg.norm(shank)
    toes = [n for n in body.names if n.startswith("toe") and n.endswith(".L")]
    feet = np.abs(skin[1] - skin[0])[patch("foot.L", *toes)].max()
    centre = [rig.centre_of_mass(p.joints)[1] for p in (stand, bent)]
    stated = angles(rig, bent, Landmarks(body).at(bent, 0.0))
    return Agreement(
        stated={name: stated[name] for name in TOLERANCE},
        seen={
            "hip_flexion": pelvis - femur,
            "lumbar_flexion": thorax - pelvis,
            "thoracic_flexion": upper - thorax,
            "knee_flexion": float(180 - np.degrees(np.arccos(inside))),
        },
        feet=float(feet),
        balance=float(abs(centre[1] - centre[0])),
    )


def main() -> int:
    """Check every spec; return 1 when one disagrees."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("specs", type=Path, nargs="+")
    failed = False
    for path in parser.parse_args().specs:
        spec = load(path)
        found = check_agreement(spec)
        pairs = "  ".join(f"{n.split('_')[0]} {found.stated[n]:6.1f} {found.seen[n]:6.1f}" for n in TOLERANCE)
        moved = f"feet {found.feet * 1e3:.1f} mm  balance {found.balance * 1e3:.1f} mm"
        sys.stdout.write(f"{spec.name:20} {pairs}  {moved}\n")
        for fault in found.faults():
            failed = True
            sys.stdout.write(f"  {fault}\n")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
