"""Poses of the arms: rotations of upper arm and forearm, and the stick or bar they hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from validation.rig.body import Body
from validation.rig.mesh import FloatArray
from validation.rig.rotation import about_axis, align, rx
from validation.rig.spec import ArmsSpec

SIDES = (("L", 1.0), ("R", -1.0))
GRIP = 0.08
"""Metres from wrist to the middle of the fist."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the arms must know of the rest of the pose: world metres.

    `shoulder` side -> (3,); `thorax` pitch in radians; `chest` (3,) middle of the breastbone; `dorsal` (N, 2) y, z of
    the back from sacrum to head; `legs` (3, 2) y, z of hip, knee and ankle.
    """

    shoulder: dict[str, FloatArray]
    thorax: float
    chest: FloatArray
    dorsal: FloatArray
    legs: FloatArray


@dataclass(frozen=True, slots=True)
class ArmPose:
    """`upper`, `fore`: side -> (3, 3) world rotations; `stick` (2, 3) ends of what is held."""

    upper: dict[str, FloatArray]
    fore: dict[str, FloatArray]
    stick: FloatArray | None = None


class Arms:
    """Two-bone arms of one body."""

    def __init__(self, body: Body, spec: ArmsSpec) -> None:
        self.spec, self.scale = spec, body.stature / 1.75
        self.upper_rest: dict[str, FloatArray] = {}
        self.fore_rest: dict[str, FloatArray] = {}
        self.fingers: dict[str, FloatArray] = {}
        for side, _ in SIDES:
            self.upper_rest[side] = body.joint(f"lowerarm01.{side}") - body.joint(f"upperarm01.{side}")
            self.fore_rest[side] = body.joint(f"wrist.{side}") - body.joint(f"lowerarm01.{side}")
            self.fingers.update(_curled_fingers(body, side, spec.curl if spec.posture != "bar" else 55.0))
        self.thigh_front, self.shin_front = _leg_fronts(body)
        self._hanging = self._hang(spec.abduct, spec.forward)

    def pose(self, around: Surroundings) -> ArmPose:
        """Return the rotations of the arms, and what they hold, for this pose of the rest."""
        posture = self.spec.posture
        if posture == "crossed":
            return self._crossed(around)
        if posture == "dowel":
            return self._dowel(around)
        if posture == "bar":
            return self._bar(around)
        return self._hanging

    def _hang(self, abduct: float, forward: float) -> ArmPose:
        out, ahead = np.radians(abduct), np.radians(forward)
        far = self.spec.posture == "forward"
        upper: dict[str, FloatArray] = {}
        fore: dict[str, FloatArray] = {}
        for side, sign in SIDES:
            share = 1.0 if far else 0.3  # hanging, the elbow stays back and the forearm comes forward
            drop = np.array([sign * np.sin(out), -np.sin(ahead) * share, -np.cos(ahead) if far else -1.0])
            upper[side] = align(self.upper_rest[side], drop)
            gain = 1.15 if far else 2.2
            lower = np.array([sign * np.sin(out) * 0.25, -np.sin(ahead) * gain, -np.cos(ahead) if far else -1.0])
            fore[side] = align(upper[side] @ self.fore_rest[side], lower) @ upper[side]
        return ArmPose(upper, fore)

    def _reach(
        self, side: str, shoulder: FloatArray, wrist: FloatArray, pole: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return the rotations that bring the wrist to a point, the elbow towards `pole`."""
        a, b = float(np.linalg.norm(self.upper_rest[side])), float(np.linalg.norm(self.fore_rest[side]))
        line = wrist - shoulder
        length = float(np.clip(np.linalg.norm(line), abs(a - b) + 0.02, 0.999 * (a + b)))
        line = line / np.linalg.norm(line)
        aside = pole - line * (pole @ line)
        aside /= np.linalg.norm(aside) + 1e-9
        along = (a * a - b * b + length * length) / (2 * length)
        elbow = shoulder + line * along + aside * np.sqrt(max(a * a - along * along, 0.0))
        upper = align(self.upper_rest[side], elbow - shoulder)
        fore = align(upper @ self.fore_rest[side], shoulder + line * length - elbow) @ upper
        return upper, fore

    def _crossed(self, around: Surroundings) -> ArmPose:
        upper, fore = {}, {}
        turn, s = rx(around.thorax), self.scale
        for side, sign in SIDES:
            depth = -0.035 if side == "L" else -0.075  # one forearm over the other
            wrist = around.chest + turn @ np.array([-sign * 0.07 * s, depth * s, -0.05 * s])
            pole = turn @ np.array([sign * 1.0, -0.45, -0.6])
            upper[side], fore[side] = self._reach(side, around.shoulder[side], wrist, pole)
        return ArmPose(upper, fore)

    def _dowel(self, around: Surroundings) -> ArmPose:
        low, along = supporting_line(around.dorsal)
        s, turn = self.scale, rx(around.thorax)
        back = np.array([0.0, along[1], -along[0]])  # dorsal normal of the stick
        foot = np.array([0.0, *low]) + back * 0.018 * s
        up = np.array([0.0, *along])
        length = 1.3 * s
        stick = np.stack([foot - up * 0.18 * s, foot + up * (length - 0.18 * s)])
        neck = float((around.dorsal[-2] - low) @ along)
        upper, fore = {}, {}
        for side, sign in SIDES:
            high = side == "L"
            spot = foot + up * (neck + 0.02 * s if high else 0.30 * (neck - 0.05))
            wrist = spot + np.array([sign * 0.055 * s, 0.0, 0.0]) + back * 0.03 * s
            pole = turn @ (np.array([sign, -0.1, 0.75]) if high else np.array([sign, 0.7, -0.3]))
            upper[side], fore[side] = self._reach(side, around.shoulder[side], wrist, pole)
        return ArmPose(upper, fore, stick)

    def _bar(self, around: Surroundings) -> ArmPose:
        """Pose straight arms, bar close to the legs (at most 12 degrees behind the vertical through the shoulders)."""
        s = self.scale
        reach = 0.997 * (np.linalg.norm(self.upper_rest["L"]) + np.linalg.norm(self.fore_rest["L"])) + GRIP * s
        shoulder = 0.5 * (around.shoulder["L"] + around.shoulder["R"])
        grip = 0.5 * abs(around.shoulder["L"][0] - around.shoulder["R"][0]) + 0.04 * s
        y, z = shoulder[1], shoulder[2] - reach
        side_step = grip - abs(around.shoulder["L"][0])
        for _ in range(4):
            y = min(self._leg_front(around.legs, z) - 0.02 * s, shoulder[1] + reach * np.sin(np.radians(12)))
            z = shoulder[2] - np.sqrt(max(reach**2 - (y - shoulder[1]) ** 2 - side_step**2, 0.0))
        upper, fore = {}, {}
        for side, sign in SIDES:
            hand = np.array([sign * grip, y, z])
            line = around.shoulder[side] - hand
            wrist = hand + line / np.linalg.norm(line) * GRIP * s
            upper[side], fore[side] = self._reach(side, around.shoulder[side], wrist, np.array([sign * 0.3, 1.0, 0.0]))
        return ArmPose(upper, fore, np.array([[-1.1, y, z], [1.1, y, z]]))

    def _leg_front(self, legs: FloatArray, z: float) -> float:
        hip, knee, ankle = legs
        if z >= knee[1]:
            part = np.clip((hip[1] - z) / max(hip[1] - knee[1], 1e-6), 0, 1)
            return float(hip[0] + (knee[0] - hip[0]) * part - self.thigh_front)
        part = np.clip((knee[1] - z) / max(knee[1] - ankle[1], 1e-6), 0, 1)
        # Never behind the knee's own front while the bar passes it.
        return float(knee[0] + (ankle[0] - knee[0]) * part - self.shin_front)


def supporting_line(dorsal: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return lowest point and direction of a straight stick that lies on the back.

    It rests on the edge of the back's convex hull that spans the middle of the trunk: sacrum and upper thorax on a
    flat back, the apex and one end on a round one.

    Parameters
    ----------
    dorsal : (N, 2) y, z of the back from sacrum to head.
    """
    middle = 0.45
    along = np.linspace(0, 1, len(dorsal))
    best, gap = (0, len(dorsal) - 1), np.inf
    for i in range(len(dorsal) - 1):
        for j in range(i + 1, len(dorsal)):
            if not along[i] <= middle <= along[j]:
                continue
            line = dorsal[j] - dorsal[i]
            line = line / np.linalg.norm(line)
            out = (dorsal - dorsal[i]) @ np.array([line[1], -line[0]])
            if out.max() < gap:
                best, gap = (i, j), float(out.max())
    i, j = best
    direction = (dorsal[j] - dorsal[i]) / np.linalg.norm(dorsal[j] - dorsal[i])
    foot = dorsal[i] + direction * float((dorsal[0] - dorsal[i]) @ direction)
    return foot, direction


def _curled_fingers(body: Body, side: str, curl: float) -> dict[str, FloatArray]:
    """Return rest-frame rotations of a relaxed hand: fingers 2-5 together and bent towards the palm."""
    ahead = body.joint(f"finger3-2.{side}") - body.joint(f"finger3-1.{side}")
    axis = body.joint(f"finger5-1.{side}") - body.joint(f"finger2-1.{side}")
    axis = axis / np.linalg.norm(axis)
    palm = body.joint(f"finger1-2.{side}") - body.joint(f"finger2-1.{side}")
    palm = palm - axis * (palm @ axis)
    middle = ahead / np.linalg.norm(ahead)
    palm = palm - middle * (palm @ middle)
    sign = 1.0 if np.cross(axis, middle) @ palm > 0 else -1.0
    out: dict[str, FloatArray] = {}
    for finger in "2345":
        line = body.joint(f"finger{finger}-2.{side}") - body.joint(f"finger{finger}-1.{side}")
        together = align(line, 0.7 * middle + 0.3 * line / np.linalg.norm(line))
        for phalanx in "123":
            bend = np.radians(curl) * int(phalanx) * sign
            out[f"finger{finger}-{phalanx}.{side}"] = about_axis(axis, bend) @ together
    return out


def _leg_fronts(body: Body) -> tuple[float, float]:
    """Return the metres from the line of the joints to the front of thigh and shin at rest."""
    left = body.rest[:, 0] > 0
    out = []
    for upper, lower, bones in (
        ("upperleg01.L", "lowerleg01.L", ("upperleg",)),
        ("lowerleg01.L", "foot.L", ("lowerleg",)),
    ):
        a, b = body.joint(upper), body.joint(lower)
        part = (a[2] - body.rest[:, 2]) / (a[2] - b[2])
        on = left & (body.weight_of(*bones) > 0.6) & (part > 0.25) & (part < 0.8)
        out.append(float(np.max((a[1] + (b[1] - a[1]) * part - body.rest[:, 1])[on])))
    return out[0], out[1]
