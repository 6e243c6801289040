"""A pinhole camera beside the person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from validation.rig.mesh import FloatArray
from validation.rig.spec import CameraSpec


@dataclass(frozen=True, slots=True)
class Camera:
    """`centre` (3,) metres; `rotation` (3, 3) rows right, up, backwards; `focal` pixels; picture centre `middle`."""

    centre: FloatArray
    rotation: FloatArray
    focal: float
    middle: tuple[float, float]

    def project(self, points: FloatArray) -> FloatArray:
        """Project (..., 3) metres to (..., 2) pixels, x right, y down."""
        seen = (np.asarray(points) - self.centre) @ self.rotation.T
        depth = -seen[..., 2]
        return np.stack(
            [
                self.middle[0] + self.focal * seen[..., 0] / depth,
                self.middle[1] - self.focal * seen[..., 1] / depth,
            ],
            -1,
        )

    def zoomed(self, scale: float, left: float, top: float) -> Camera:
        """Return the same picture enlarged by `scale`, then cut so that (left, top) becomes its corner."""
        middle = (self.middle[0] * scale - left, self.middle[1] * scale - top)
        return Camera(self.centre, self.rotation, self.focal * scale, middle)


def azimuth(spec: CameraSpec) -> FloatArray:
    """Return the (3,) horizontal unit vector from the person to the camera; the person faces -y, its left is +x."""
    yaw = np.radians(spec.yaw)
    side = 1.0 if spec.facing == "left" else -1.0
    return np.array([side * np.cos(yaw), -np.sin(yaw), 0.0])


def place_camera(spec: CameraSpec, width: int, height: int) -> Camera:
    """Return the camera of a spec for a picture of this size."""
    target = np.array([0.0, spec.target_y, spec.target_z])
    centre = target + azimuth(spec) * spec.distance
    centre[2] = spec.height
    forward = target - centre
    forward /= np.linalg.norm(forward)
    right = np.cross(forward, [0.0, 0.0, 1.0])
    right /= np.linalg.norm(right)
    up = np.cross(right, forward)
    roll = np.radians(spec.roll)
    right, up = right * np.cos(roll) + up * np.sin(roll), up * np.cos(roll) - right * np.sin(roll)
    focal = 0.5 * max(width, height) / np.tan(np.radians(spec.fov) / 2)
    return Camera(centre, np.stack([right, up, -forward]), float(focal), (width / 2, height / 2))
