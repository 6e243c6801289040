"""Clothes, shoes and hair as shells over the body, posed with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from validation.rig.body import Body
from validation.rig.hair import Hair
from validation.rig.kinematics import Pose
from validation.rig.mesh import (
    BoolArray,
    FloatArray,
    IntArray,
    hem,
    neighbour_mean,
    normals,
    smooth_noise,
    tube,
    tube_faces,
)
from validation.rig.spec import ClipSpec, ClothesSpec

LEG_LENGTH = {"shorts": 0.30, "trunks": 0.62, "tights": None, "trousers": None}
"""Lower end of the bottom garment: share of the way from knee to hip; None reaches the ankle."""


class Shell:
    """A part of the body's surface, offset outwards.

    Parameters
    ----------
    inside : (V,) True for the vertices that the garment covers
    offset : metres it stands off the skin
    rounds : smoothing rounds; many let cloth bridge hollows
    gap : metres it keeps from the skin at least
    """

    def __init__(self, body: Body, inside: BoolArray, offset: float, rounds: int, gap: float) -> None:
        kept = inside[body.faces].all(1)
        self.ids: IntArray = np.unique(body.faces[kept])
        number = np.full(len(inside), -1)
        number[self.ids] = np.arange(len(self.ids))
        self.faces: IntArray = number[body.faces[kept]]
        self.count = len(self.ids)
        self.mean = neighbour_mean(self.faces, self.count)
        self.border, self._border_mean = hem(self.faces, self.count)
        self.offset, self.rounds, self.gap = offset, rounds, gap

    def pose(self, skin: FloatArray, normal: FloatArray, extra: FloatArray | None = None) -> FloatArray:
        """Return vertices over the posed skin; `extra` (count, 3) metres are added before smoothing."""
        base, out = skin[self.ids], normal[self.ids]
        cloth = base + out * self.offset
        if extra is not None:
            cloth = cloth + extra
        for _ in range(self.rounds):
            cloth = 0.5 * cloth + 0.5 * (self.mean @ cloth)
        short = self.gap - ((cloth - base) * out).sum(1)
        cloth = cloth + out * np.maximum(0, short)[:, None]
        for _ in range(6):  # hems run smoothly around the limb
            cloth[self.border] = (0.5 * cloth + 0.5 * (self._border_mean @ cloth))[self.border]
        return np.asarray(cloth)


@dataclass(frozen=True, slots=True)
class Regions:
    """(V,) masks over the body; `along_arm` 0 shoulder, 1 elbow, 2 wrist."""

    top: BoolArray
    bottom: BoolArray
    shoe: BoolArray
    sock: BoolArray
    arm: BoolArray
    along_arm: FloatArray
    head_share: FloatArray


def regions(body: Body, clothes: ClothesSpec) -> Regions:
    """Return which skin each garment covers."""
    rest, height = body.rest, body.rest[:, 2]
    hip, neck = body.joint("upperleg01.L")[2], body.joint("neck01")[2]
    knee, ankle = body.joint("lowerleg01.L")[2], body.joint("foot.L")[2]
    span = neck - hip
    head = body.weight_of("head", "eye")
    hand = body.weight_of("wrist", "finger", "metacarpal")
    foot = body.weight_of("foot", "toe")
    fore, upper = body.weight_of("lowerarm"), body.weight_of("upperarm")
    along = np.zeros(len(rest))
    for side, sign in (("L", 1), ("R", -1)):
        a, b, c = (body.joint(f"{bone}.{side}") for bone in ("upperarm01", "lowerarm01", "wrist"))
        first = ((rest - a) @ (b - a)) / ((b - a) @ (b - a))
        second = ((rest - b) @ (c - b)) / ((c - b) @ (c - b))
        t = np.where(fore + hand > 0.5, 1 + np.clip(second, 0, 1.2), np.clip(first, -0.5, 1))
        along = np.where(rest[:, 0] * sign > 0, t, along)
    arm = (upper + fore + hand) > 0.5
    hem_height = hip + clothes.shirt_hem * span
    collar = neck - 0.035 * span
    below_collar = (height < collar + 0.10 * np.abs(rest[:, 0])) | (
        (rest[:, 1] > body.joint("neck01")[1]) & (height < neck + 0.02)
    )
    trunk = ~arm & (height > hem_height) & (head + body.weight_of("neck") < 0.62) & below_collar & (hand < 0.2)
    top = trunk | (arm & (along < clothes.sleeve))
    if clothes.top == "bare":
        top = np.zeros_like(top)
    share = LEG_LENGTH[clothes.bottom]
    low = ankle + 0.05 if share is None else knee + share * (hip - knee)
    bottom = ~arm & (height > low) & (height < hip + 0.20 * span) & (hand + fore < 0.05)
    shoe = (foot > 0.35) & (height < ankle + 0.012)
    sock = (height < ankle + 0.07) & (body.weight_of("lowerleg", "foot", "toe") > 0.9)
    return Regions(top, bottom, shoe, sock, arm, along, head)


class Hood:
    """The hood of a hooded top, lying on the upper back: a crescent around the neck, thick behind."""

    sides = 10

    def __init__(self, body: Body) -> None:
        s = body.stature / 1.75
        neck = body.joint("neck01")
        near = (np.abs(body.rest[:, 0]) < 0.03) & (np.abs(body.rest[:, 2] - neck[2] + 0.04 * s) < 0.03 * s)
        back = float(body.rest[near, 1].max())
        turn = np.radians(np.linspace(-140, 140, 19))
        behind = np.cos(turn / 2) ** 2
        ring = 0.085 * s
        middle = back + 0.035 * s - ring
        path = np.stack(
            [ring * np.sin(turn) * 1.05, middle + ring * np.cos(turn), neck[2] + s * (0.012 - 0.065 * behind**3)], 1
        )
        self.rest, self.faces = tube(path, s * (0.018 + 0.034 * behind**2), self.sides)
        self.bone = body.index["thorax01"]

    def pose(self, pose: Pose) -> FloatArray:
        """Return the posed vertices."""
        return np.asarray(self.rest @ pose.rotation[self.bone].T + pose.shift[self.bone])


class DressedBody:
    """Everything visible of one person: `faces` by part name, `posed` vertices by part name.

    Parts: body, bottom, shirt, sock, shoe, hair; hood, tail (hanging hair) and stick or bar where there are any.
    """

    def __init__(self, body: Body, spec: ClipSpec) -> None:
        self.body, self.clothes = body, spec.clothes
        self.area = regions(body, spec.clothes)
        clothes, area = spec.clothes, self.area
        hooded = clothes.top == "hooded"
        loose_leg = 0.020 if clothes.bottom == "trousers" else 0.006
        self.shells: dict[str, Shell] = {
            "bottom": Shell(body, area.bottom, 0.004 + loose_leg * clothes.bottom_loose, 4, 0.004),
            "sock": Shell(body, area.sock, 0.003, 1, 0.002),
            "shoe": Shell(body, area.shoe, 0.009, 10, 0.006),
        }
        if clothes.top != "bare":
            rounds = 4 + round(24 * clothes.drape)
            stand_off = 0.024 if hooded else 0.015
            self.shells["shirt"] = Shell(body, area.top, stand_off, rounds, 0.018 if hooded else 0.012)
        self.hair = Hair(body, spec.hair_style, area.head_share)
        self.shells["hair"] = Shell(body, self.hair.cap, self.hair.thickness, 5, 0.006)
        self.hood = Hood(body) if hooded else None
        self.sole = float(body.rest[area.shoe, 2].min()) - 0.012
        self._hang = self._hang_share()
        rng = np.random.default_rng(spec.seed + 91)
        self._folds = self._fold_fields(rng) if "shirt" in self.shells and clothes.wrinkle else None
        self.faces: dict[str, IntArray] = {"body": body.faces, **{n: s.faces for n, s in self.shells.items()}}
        if self.hood is not None:
            self.faces["hood"] = self.hood.faces
        for k in range(self.hair.tails):
            self.faces[f"tail{k}"] = tube_faces(self.hair.links, self.hair.sides)

    def _hang_share(self) -> FloatArray:
        """Return (shirt vertices,) how freely cloth hangs: most at the hem, little on the sleeves, not at shoulders."""
        if "shirt" not in self.shells:
            return np.zeros(0)
        ids = self.shells["shirt"].ids
        height, arm = self.body.rest[ids, 2], self.area.arm[ids]
        low, high = height[~arm].min(), self.body.joint("clavicle.L")[2]
        up = np.clip((height - low) / (high - low), 0, 1)
        return np.where(arm, 0.25, np.clip(1 - up, 0, 1) ** 0.7)

    def _fold_fields(self, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        shell = self.shells["shirt"]
        return smooth_noise(shell.mean, shell.count, 40, rng), smooth_noise(shell.mean, shell.count, 40, rng)

    def posed(self, pose: Pose) -> dict[str, FloatArray]:
        """Return vertices by part, metres, the sole on the floor (z = 0)."""
        skin = self.body.skin(pose.rotation, pose.shift)
        normal = normals(skin, self.body.faces, self.body.around)
        out: dict[str, FloatArray] = {}
        for name, shell in self.shells.items():
            extra = self._cloth(normal, pose) if name == "shirt" else None
            vertices = shell.pose(skin, normal, extra)
            if name == "shoe":
                vertices[vertices[:, 2] < self.sole + 0.022, 2] = self.sole
            out[name] = vertices
        if self.hood is not None:
            out["hood"] = self.hood.pose(pose)
        for k, path in enumerate(self.hair.paths(pose, 0.012 if "shirt" in self.shells else 0.0)):
            out[f"tail{k}"] = tube(path, self.hair.radii, self.hair.sides)[0]
        out["body"] = skin
        return {name: vertices - [0.0, 0.0, self.sole] for name, vertices in out.items()}

    def _cloth(self, normal: FloatArray, pose: Pose) -> FloatArray | None:
        """Return (shirt vertices, 3) metres that loose cloth sags and folds."""
        shell, loose = self.shells["shirt"], self.clothes.loose
        out = normal[shell.ids]
        extra: Any = np.zeros((shell.count, 3))
        if loose:
            extra[:, 2] = -loose * np.clip(-out[:, 2], 0, 1) * self._hang
            extra += 0.25 * loose * self._hang[:, None] * out
        if self._folds is not None:
            bend = pose.pitch["thorax01"]  # folds change as the person bends
            fold = np.cos(bend) * self._folds[0] + np.sin(bend) * self._folds[1]
            extra += (2.0 * self.clothes.wrinkle * np.clip(fold, -0.5, None))[:, None] * out
        return np.asarray(extra) if loose or self._folds is not None else None
