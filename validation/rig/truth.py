"""The truth of a frame: angles as change from standing, joints in metres and pixels."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from validation.rig.body import SPINE, THORAX, Body
from validation.rig.camera import Camera
from validation.rig.kinematics import Pose, Rig
from validation.rig.mesh import FloatArray

JOINTS = {
    "hip_l": "upperleg01.L",
    "hip_r": "upperleg01.R",
    "knee_l": "lowerleg01.L",
    "knee_r": "lowerleg01.R",
    "ankle_l": "foot.L",
    "ankle_r": "foot.R",
    "shoulder_l": "upperarm01.L",
    "shoulder_r": "upperarm01.R",
    "elbow_l": "lowerarm01.L",
    "elbow_r": "lowerarm01.R",
    "wrist_l": "wrist.L",
    "wrist_r": "wrist.R",
    "spine05": "spine05",
    "spine04": "spine04",
    "spine03": "spine03",
    "spine02": "spine02",
    "spine01": "spine01",
    "neck01": "neck01",
    "head": "head",
    "thorax02": "thorax02",
    "thorax01": "thorax01",
    "eye_l": "eye.L",
    "eye_r": "eye.R",
    "toe_l": "toe2-1.L",
    "toe_r": "toe2-1.R",
    "hand_l": "finger3-1.L",
    "hand_r": "finger3-1.R",
}

ANGLES = (
    "hip_flexion",
    "lumbar_flexion",
    "thoracic_flexion",
    "knee_flexion",
    "pelvis_tilt",
    "thorax_tilt",
    "upper_thorax_tilt",
    "thigh_tilt",
    "shank_tilt",
    "trunk_inclination",
    "shank_inclination",
    "neck_flexion",
)


class Landmarks:
    """Joints of a posed body by name, with nose, ears and heels, which are points of its skin."""

    def __init__(self, body: Body) -> None:
        self._bones = {name: body.index[bone] for name, bone in JOINTS.items()}
        self._skin = {name: (body.index[bone], point) for name, bone, point in _skin_points(body)}
        self.names = (*self._bones, *self._skin, "mid_hip", "mid_shoulder")

    def at(self, pose: Pose, sole: float) -> dict[str, FloatArray]:
        """Return name -> (3,) metres, the floor at z = 0."""
        down = np.array([0.0, 0.0, sole])
        out = {name: pose.joints[bone] - down for name, bone in self._bones.items()}
        out.update({name: pose.carry(bone, point) - down for name, (bone, point) in self._skin.items()})
        out["mid_hip"] = 0.5 * (out["hip_l"] + out["hip_r"])
        out["mid_shoulder"] = 0.5 * (out["shoulder_l"] + out["shoulder_r"])
        return out


def _skin_points(body: Body) -> list[tuple[str, str, FloatArray]]:
    rest, head = body.rest, body.joint("head")
    eyes = body.joint("eye.L")[2]
    on_head = body.weight_of("head") > 0.9
    band = on_head & (np.abs(rest[:, 2] - eyes) < 0.015 * body.stature)
    face = on_head & (rest[:, 2] < eyes) & (rest[:, 2] > head[2]) & (np.abs(rest[:, 0]) < 0.02)
    out = [("nose", "head", rest[face][np.argmin(rest[face, 1])])]
    for side, sign in (("l", 1), ("r", -1)):
        ear = rest[band & (rest[:, 1] > head[1] - 0.06)]
        out.append((f"ear_{side}", "head", ear[np.argmax(sign * ear[:, 0])]))
        foot = rest[(body.weight_of("foot") > 0.9) & (sign * rest[:, 0] > 0)]
        out.append((f"heel_{side}", f"foot.{side.upper()}", foot[np.argmax(foot[:, 1])]))
    return out


def angles(rig: Rig, pose: Pose, places: dict[str, FloatArray]) -> dict[str, float]:
    """Return degrees; see `validation/README.md` for signs. All but knee, trunk and shank are zero in standing."""
    now, zero = pose.pitch, rig.standing.pitch

    def change(name: str) -> float:
        return now[name] - zero[name]

    trunk = places["neck01"] - places["mid_hip"]
    thigh, shank = places["hip_l"] - places["knee_l"], places["knee_l"] - places["ankle_l"]
    lean = float(np.arctan2(-shank[1], shank[2]))
    radians = {
        "hip_flexion": change("pelvis") - change("thigh"),
        "lumbar_flexion": change("spine01") - change("pelvis"),
        "thoracic_flexion": change(THORAX[-1]) - change("spine01"),
        "knee_flexion": lean - float(np.arctan2(-thigh[1], thigh[2])),
        "pelvis_tilt": change("pelvis"),
        "thorax_tilt": change("spine01"),
        "upper_thorax_tilt": change(THORAX[-1]),
        "thigh_tilt": change("thigh"),
        "shank_tilt": change("shank"),
        "trunk_inclination": float(np.arctan2(-trunk[1], trunk[2])),
        "shank_inclination": lean,
        "neck_flexion": change("head") - change(THORAX[-1]),
    }
    return {name: float(np.degrees(value)) for name, value in radians.items()}


def spine_joints(rig: Rig, pose: Pose) -> dict[str, float]:
    """Return flexion at every joint of the trunk (L5/S1, L3/4, L1/2, T9/10, T6, T3) since standing, degrees."""
    chain = ("pelvis", *SPINE[1:])
    now, zero = pose.pitch, rig.standing.pitch
    return {
        upper: float(np.degrees((now[upper] - now[lower]) - (zero[upper] - zero[lower])))
        for lower, upper in pairwise(chain)
    }


def frame_truth(
    rig: Rig, pose: Pose, landmarks: Landmarks, sole: float, camera: Camera, number: int, time: float
) -> dict[str, Any]:
    """Return one row of a truth file."""
    places = landmarks.at(pose, sole)
    row: dict[str, Any] = {"frame": number, "t": round(time, 4)}
    row.update({name: round(value, 3) for name, value in angles(rig, pose, places).items()})
    row["spine_joint_flexion"] = {name: round(value, 3) for name, value in spine_joints(rig, pose).items()}
    row["px"] = {name: [round(float(x), 2) for x in camera.project(place)] for name, place in places.items()}
    row["xyz"] = {name: [round(float(x), 4) for x in place] for name, place in places.items()}
    return row
