"""A posed, balanced skeleton from joint angles. All flexion is rotation about the lateral axis.

World: z up, the body faces -y. Positive pitch leans forward. Degrees at the surface, radians inside.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from validation.rig.arms import ArmPose, Arms, Surroundings
from validation.rig.body import SPINE, THORAX, Body
from validation.rig.mesh import FloatArray, IntArray
from validation.rig.rotation import rx, ry
from validation.rig.spec import ArmsSpec, MotionSpec

MASS = {
    "foot": 0.0137,
    "shank": 0.0433,
    "thigh": 0.1416,
    "pelvis": 0.1117,
    "abdomen": 0.1633,
    "thorax": 0.1596,
    "head": 0.0694,
    "uarm": 0.0271,
    "farm": 0.0162,
    "hand": 0.0061,
}
"""Segment masses as shares of the body's (de Leva 1996, means of women and men)."""

LEAN = (-40.0, 60.0)
"""Degrees between which the shank is searched for balance."""


@dataclass(frozen=True, slots=True)
class Knobs:
    """Degrees; zero is the person's standing (`knee` is absolute)."""

    hip: float = 0.0
    lumbar: float = 0.0
    knee: float = 5.0
    neck: float = 0.0
    thoracic: float = 0.0


@dataclass(frozen=True, slots=True)
class Pose:
    """`pitch` segment -> world pitch from rest, radians; `rotation` (J, 3, 3), `shift` (J, 3), `joints` (J, 3)."""

    pitch: dict[str, float]
    rotation: FloatArray
    shift: FloatArray
    joints: FloatArray
    arms: ArmPose
    dorsal: FloatArray

    def carry(self, bone: int, point: FloatArray) -> FloatArray:
        """Return where a point of the rest pose goes that is fixed to a bone."""
        return np.asarray(self.rotation[bone] @ point + self.shift[bone])


class Rig:
    """The skeleton of one body, posed so that its centre of mass stays over the feet."""

    def __init__(self, body: Body, motion: MotionSpec, arms: ArmsSpec) -> None:
        self.body, self.motion, self.arms = body, motion, Arms(body, arms)
        hip, knee, ankle = (body.joint(name)[1:] for name in ("upperleg01.L", "lowerleg01.L", "foot.L"))
        thigh, shank = knee - hip, ankle - knee
        self.knee_rest = float(np.arctan2(shank[0], -shank[1]) - np.arctan2(thigh[0], -thigh[1]))
        self.ankle_rest = 0.5 * (body.joint("foot.L") + body.joint("foot.R"))
        self._order = _parents_first(body.parents)
        self._segments, self._segment_of = _segments(body)
        self._dorsal_bone, self._dorsal_rest = _dorsal_points(body)
        above = body.parents.clip(0)
        self._offset = body.head - body.head[above]
        chest = body.joint("thorax02")
        front = (np.abs(body.rest[:, 0]) < 0.05) & (np.abs(body.rest[:, 2] - chest[2]) < 0.04)
        self._chest = np.array([0.0, body.rest[front, 1].min(), chest[2]])
        level = self._balance(Knobs(knee=motion.knee0), None)
        self.hip_rest = -(level - (np.radians(motion.knee0) - self.knee_rest))
        self.standing = self.pose(Knobs(knee=motion.knee0))

    def pose(self, knobs: Knobs) -> Pose:
        """Return the balanced pose at these angles."""
        hip = self.hip_rest + np.radians(knobs.hip)
        return self._transforms(self._pitches(self._balance(knobs, hip), hip, knobs))

    def _pitches(self, shank: float, hip: float | None, knobs: Knobs) -> dict[str, float]:
        thigh = shank - (np.radians(knobs.knee) - self.knee_rest)
        pelvis = 0.0 if hip is None else thigh + hip
        pitch = {"shank": shank, "thigh": thigh, "pelvis": pelvis}
        lumbar = np.radians(knobs.lumbar + self.motion.lumbar0)
        trunk = pelvis
        for name in SPINE[1:5]:
            trunk += lumbar * self.motion.lumbar_dist.get(name, 0.0)
            pitch[name] = trunk
        thoracic = np.radians(knobs.thoracic + self.motion.thoracic0)
        for k, name in enumerate(THORAX, 1):
            pitch[name] = trunk + thoracic * k / len(THORAX)
        trunk += thoracic
        neck = np.radians(knobs.neck)
        pitch.update(
            neck01=trunk + 0.25 * neck, neck02=trunk + 0.5 * neck, neck03=trunk + 0.75 * neck, head=trunk + neck
        )
        return pitch

    def _transforms(self, pitch: dict[str, float]) -> Pose:
        body = self.body
        upper = pitch[THORAX[-1]]
        stance = np.radians(self.motion.stance)
        turn = {name: rx(pitch[name]) for name in ("pelvis", *SPINE[1:], "neck01", "neck02", "neck03", "head")}
        turn["foot"] = np.eye(3)
        turn["clavicle"] = rx(upper)
        turn["scapula"] = rx(upper - 0.10 * max(upper, 0.0))  # it protracts a little as the trunk leans
        for side, sign in (("L", 1.0), ("R", -1.0)):
            turn[f"thigh.{side}"] = rx(pitch["thigh"]) @ ry(sign * stance)
            turn[f"shank.{side}"] = rx(pitch["shank"]) @ ry(sign * stance)
        rotation = np.stack([turn.get(name, turn["foot"]) for name in self._segments])[self._segment_of]
        joints = self._joints(rotation)
        dorsal = self._dorsal(rotation, joints)
        arms = self.arms.pose(self._surroundings(pitch, joints, rotation, dorsal))
        for side in ("L", "R"):
            turn[f"uarm.{side}"], turn[f"farm.{side}"] = arms.upper[side], arms.fore[side]
        for name, bend in self.arms.fingers.items():
            turn[name] = turn[f"farm.{name[-1]}"] @ bend
        rotation = np.stack([turn[name] for name in self._segments])[self._segment_of]
        joints = self._joints(rotation)
        shift = joints - np.einsum("nij,nj->ni", rotation, body.head)
        return Pose(pitch, rotation, shift, joints, arms, dorsal)

    def _joints(self, rotation: FloatArray) -> FloatArray:
        """Return (J, 3) world joints, ankles where they were at rest."""
        body = self.body
        step = np.einsum("nij,nj->ni", rotation[body.parents.clip(0)], self._offset)
        joints = np.zeros_like(body.head)
        for i in self._order:
            parent = body.parents[i]
            joints[i] = body.head[i] if parent < 0 else joints[parent] + step[i]
        ankles = 0.5 * (joints[body.index["foot.L"]] + joints[body.index["foot.R"]])
        return np.asarray(joints + self.ankle_rest - ankles)

    def _dorsal(self, rotation: FloatArray, joints: FloatArray) -> FloatArray:
        bone = self._dorsal_bone
        points = np.einsum("nij,nj->ni", rotation[bone], self._dorsal_rest - self.body.head[bone]) + joints[bone]
        return np.asarray(points[:, 1:])

    def _surroundings(
        self, pitch: dict[str, float], joints: FloatArray, rotation: FloatArray, dorsal: FloatArray
    ) -> Surroundings:
        index = self.body.index
        bone = index["thorax02"]
        return Surroundings(
            shoulder={side: joints[index[f"upperarm01.{side}"]] for side in ("L", "R")},
            thorax=pitch[THORAX[-1]],
            chest=rotation[bone] @ (self._chest - self.body.head[bone]) + joints[bone],
            dorsal=dorsal,
            legs=np.stack([joints[index[name]][1:] for name in ("upperleg01.L", "lowerleg01.L", "foot.L")]),
        )

    def centre_of_mass(self, joints: FloatArray) -> FloatArray:
        """Return the (3,) centre of mass of the body and what it holds."""
        index = self.body.index

        def at(name: str) -> FloatArray:
            if f"{name}.L" in index:
                return np.asarray(0.5 * (joints[index[f"{name}.L"]] + joints[index[f"{name}.R"]]))
            return np.asarray(joints[index[name]])

        hip, knee, ankle, toe = at("upperleg01"), at("lowerleg01"), at("foot"), at("toe3-1")
        shoulder, elbow, wrist = at("upperarm01"), at("lowerarm01"), at("wrist")
        low, mid, top = at("spine04"), at("spine01"), at("neck01")
        parts = [
            (2 * MASS["foot"], ankle + (toe - ankle) * 0.45),
            (2 * MASS["shank"], knee + (ankle - knee) * 0.446),
            (2 * MASS["thigh"], hip + (knee - hip) * 0.41),
            (MASS["pelvis"], hip + (low - hip) * 0.4),
            (MASS["abdomen"], low + (mid - low) * 0.45),
            (MASS["thorax"], mid + (top - mid) * 0.45),
            (MASS["head"], at("head")),
            (2 * MASS["uarm"], shoulder + (elbow - shoulder) * 0.45),
            (2 * MASS["farm"], elbow + (wrist - elbow) * 0.43),
            (2 * MASS["hand"] + self.arms.spec.load, wrist),
        ]
        total = sum(mass for mass, _ in parts)
        return np.asarray(sum((mass * place for mass, place in parts), np.zeros(3)) / total)

    def _balance(self, knobs: Knobs, hip: float | None) -> float:
        """Solve for the shank pitch that puts the centre of mass over the feet; pelvis level when `hip` is None."""
        target = self.ankle_rest[1] - self.motion.balance * self.body.stature / 1.75

        def off(shank: float) -> float:
            return float(self.centre_of_mass(self._transforms(self._pitches(shank, hip, knobs)).joints)[1] - target)

        low, high = np.radians(LEAN)
        if off(low) * off(high) < 0:
            return float(brentq(off, low, high, xtol=1e-4))
        return float(low if abs(off(low)) < abs(off(high)) else high)


def _parents_first(parents: IntArray) -> list[int]:
    order: list[int] = []
    done: set[int] = set()
    while len(order) < len(parents):
        for i, parent in enumerate(parents):
            if i not in done and (parent < 0 or int(parent) in done):
                order.append(i)
                done.add(i)
    return order


def _segments(body: Body) -> tuple[list[str], IntArray]:
    """Return the names of the rigid segments and (J,) which of them every bone belongs to."""
    label: list[str] = [""] * len(body.names)
    for i in _parents_first(body.parents):
        name = body.names[i]
        base, _, side = name.partition(".")
        if base.startswith(("foot", "toe")):
            label[i] = "foot"
        elif base.startswith("lowerleg"):
            label[i] = f"shank.{side}"
        elif base.startswith("upperleg"):
            label[i] = f"thigh.{side}"
        elif base in ("root", "spine05") or base.startswith("pelvis"):
            label[i] = "pelvis"
        elif base in SPINE or base in ("neck01", "neck02", "neck03", "head"):
            label[i] = base
        elif base.startswith("clavicle"):
            label[i] = "clavicle"
        elif base.startswith("shoulder"):
            label[i] = "scapula"
        elif base.startswith("upperarm"):
            label[i] = f"uarm.{side}"
        elif base.startswith("finger") and base[6] in "2345":
            label[i] = name
        elif base.startswith(("lowerarm", "wrist", "finger", "metacarpal")):
            label[i] = f"farm.{side}"
        else:
            label[i] = "head" if base.startswith("eye") else label[body.parents[i]]
    names = sorted(set(label))
    return names, np.array([names.index(x) for x in label])


def _dorsal_points(body: Body) -> tuple[IntArray, FloatArray]:
    """Return points of the back's midline at rest, sacrum to back of the head, and the bone each belongs to."""
    rest = body.rest
    bones = (*SPINE, "neck02", "head")
    nexts = [body.joint(b)[2] for b in (*SPINE[1:], "neck01")]
    level = [0.5 * (body.joint(b)[2] + top) for b, top in zip(SPINE, nexts, strict=True)]
    level += [body.joint("neck02")[2], body.joint("head")[2] + 0.045 * body.stature]
    middle = np.abs(rest[:, 0]) < 0.035 * body.stature
    points = []
    for z in level:
        near = middle & (np.abs(rest[:, 2] - z) < 0.02 * body.stature)
        points.append([0.0, float(rest[near, 1].max()), z])
    return np.array([body.index[b] for b in bones]), np.array(points)
