"""Objects in the hands: a dowel along the back, or a barbell."""

from __future__ import annotations

import numpy as np

from validation.rig.kinematics import Pose
from validation.rig.mesh import FloatArray, IntArray, tube, tube_faces
from validation.rig.spec import ArmsSpec

DOWEL = 0.0125
"""Radius, metres."""
SHAFT, SLEEVE = 0.014, 0.025
COLLAR = 0.655
"""Metres from the middle of a barbell to the plates."""
TIP = 1.1
PLATE_THICK = 0.055


class Held:
    """Meshes in the hands: `faces` by part name, `posed` vertices by part name."""

    sides = 32

    def __init__(self, spec: ArmsSpec) -> None:
        self.spec = spec
        self._rest: dict[str, FloatArray] = {}
        self.faces: dict[str, IntArray] = {}
        if spec.posture == "dowel":
            self.faces["dowel"] = tube_faces(2, self.sides)
        elif spec.posture == "bar":
            x = np.array([-TIP, -COLLAR - 1e-3, -COLLAR, COLLAR, COLLAR + 1e-3, TIP])
            self._add("bar", x, np.array([SLEEVE, SLEEVE, SHAFT, SHAFT, SLEEVE, SLEEVE]))
            if spec.plate:
                r = spec.plate
                for name, side in (("plate_l", 1), ("plate_r", -1)):
                    x = side * (COLLAR + np.array([0.0, 1e-3, PLATE_THICK - 1e-3, PLATE_THICK]))
                    self._add(name, x, np.array([r - 0.006, r, r, r - 0.006]))

    def _add(self, name: str, x: FloatArray, radius: FloatArray) -> None:
        path = np.stack([x, np.zeros_like(x), np.zeros_like(x)], 1)
        self._rest[name], self.faces[name] = tube(path, radius, self.sides)

    def posed(self, pose: Pose, sole: float) -> dict[str, FloatArray]:
        """Return vertices by part, metres, the floor at z = 0."""
        stick = pose.arms.stick
        if stick is None:
            return {}
        down = np.array([0.0, 0.0, sole])
        if "dowel" in self.faces:
            return {"dowel": tube(stick - down, np.full(2, DOWEL), self.sides)[0]}
        return {name: rest + stick.mean(0) - down for name, rest in self._rest.items()}

    def parts_before(self, facing: str) -> tuple[str, ...]:
        """Return the parts between the person and the camera: the plate of the near side."""
        name = "plate_l" if facing == "left" else "plate_r"
        return (name,) if name in self.faces else ()
