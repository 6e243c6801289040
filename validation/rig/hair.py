"""Hair: a cap on the head, and strands that hang from it and lie on the back."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from validation.rig.body import Body
from validation.rig.kinematics import Pose
from validation.rig.mesh import BoolArray, FloatArray, normals
from validation.rig.spec import HairStyle

THICKNESS = {"short": 0.012, "crop": 0.006, "bob": 0.020, "pony": 0.014, "long": 0.018}

HAIR_LINE = ([-0.75, -0.50, -0.32, -0.16, 0.08, 0.22, 0.6], [0.86, 0.74, 0.62, 0.34, 0.40, 0.02, -0.10])
"""Height of the hair line over the depth of the head, both in head heights from the head's joint (- is front)."""


class Hair:
    """`cap` (V,) True under the hair, `thickness` metres, `tails` strands of `links` points with `radii`."""

    links = 13
    sides = 8

    def __init__(self, body: Body, style: HairStyle, head_share: FloatArray) -> None:
        self.thickness = THICKNESS[style]
        scale = body.stature / 1.75
        root, rest = body.joint("head"), body.rest
        size = float(rest[:, 2].max()) - root[2]
        on_head = head_share > 0.5
        depth, height = (rest[:, 1] - root[1]) / size, (rest[:, 2] - root[2]) / size
        wide = np.abs(rest[:, 0]) > 0.84 * np.abs(rest[on_head, 0]).max()
        ear = wide & (height < 0.52) & (depth < 0.35)
        # Only the outer surface: the mouth and the eye sockets look inwards.
        centre = root + np.array([0.0, 0.0, 0.5 * size])
        self.outer: BoolArray = ((rest - centre) * normals(rest, body.faces, body.around)).sum(1) > 0
        self.cap: BoolArray = on_head & (height > np.interp(depth, *HAIR_LINE)) & ~ear & self.outer
        self._bone = body.index["head"]
        self._scale = scale
        along = np.linspace(0, 1, self.links)
        if style == "pony":
            self._lateral, length, level = [0.0], 0.34, 0.62
            self.radii = scale * np.interp(along, [0, 0.25, 0.7, 1], [0.014, 0.032, 0.026, 0.006])
        elif style == "long":
            self._lateral, length, level = [-0.05, 0.0, 0.05], 0.40, 0.35
            self.radii = scale * np.interp(along, [0, 0.2, 0.8, 1], [0.026, 0.032, 0.028, 0.008])
        else:
            self._lateral, length, level = [], 0.0, 0.5
            self.radii = np.zeros(self.links)
        self.tails = len(self._lateral)
        self._step = scale * length / (self.links - 1)
        near = on_head & (np.abs(height - level) < 0.06) & (np.abs(rest[:, 0]) < 0.03)
        depth_in = 0.015 if style == "long" else 0.0
        self._root = np.array([0.0, float(rest[near, 1].max()) - depth_in, root[2] + level * size])

    def paths(self, pose: Pose, cloth: float) -> Iterator[FloatArray]:
        """Yield (links, 3) middle lines of the strands, lying on the back at `cloth` metres from its skin."""
        for lateral in self._lateral:
            yield self._fall(pose, lateral * self._scale, cloth)

    def _fall(self, pose: Pose, lateral: float, cloth: float) -> FloatArray:
        """Let one strand fall: gravity, turned along the back where it would fall into it."""
        point = pose.carry(self._bone, self._root + np.array([lateral, 0.0, 0.0]))
        back = pose.dorsal[::-1]  # head to sacrum
        path = [point]
        heading = pose.rotation[self._bone] @ np.array([0.0, 0.5, -0.85])
        for radius in self.radii[1:]:
            foot, out, down = _nearest(back, path[-1][1:])
            wish = 0.4 * heading[1:] + np.array([0.0, -1.0]) + 0.6 * down
            distance = float((path[-1][1:] - foot) @ out)
            if distance < 0.5 * radius + cloth and wish @ out < 0:
                wish = wish - out * (wish @ out)
            wish = wish / (np.linalg.norm(wish) + 1e-9)
            spot = path[-1][1:] + wish * self._step
            foot, out, _ = _nearest(back, spot)
            inside = 0.5 * radius + cloth - float((spot - foot) @ out)
            if inside > 0 and np.linalg.norm(spot - foot) < 0.25:
                spot = spot + out * min(inside, 0.04)
            new = np.array([lateral, *spot])
            heading = (new - path[-1]) / (np.linalg.norm(new - path[-1]) + 1e-9)
            path.append(new)
        return np.stack(path)


def _nearest(line: FloatArray, point: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return nearest point of a (N, 2) line, its outward (dorsal) normal there, and its direction (down the back)."""
    start, step = line[:-1], np.diff(line, axis=0)
    share = np.clip(((point - start) * step).sum(1) / (step**2).sum(1), 0, 1)
    feet = start + share[:, None] * step
    k = int(np.argmin(((feet - point) ** 2).sum(1)))
    down = step[k] / np.linalg.norm(step[k])
    return feet[k], np.array([-down[1], down[0]]), down
