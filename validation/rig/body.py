"""A parametric body (Anny, CC0 assets): mesh at rest, skeleton, skin weights that follow the spine.

Metres; z up, the body faces -y, its left is +x.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from validation.rig.mesh import FloatArray, IntArray, incidence, neighbour_mean
from validation.rig.spec import BodySpec

CACHE = Path(os.environ.get("HINGE_RIG_CACHE", Path(__file__).parents[1] / "cache" / "bodies"))

THORAX = ("thorax02", "thorax01")
"""Bones this rig adds above `spine01`, at about T6 and T3, so that the thorax can bend apart from the lumbar spine."""

SPINE = ("spine05", "spine04", "spine03", "spine02", "spine01", *THORAX)
"""The trunk's bones from sacrum to upper thorax; the joint of each is at its lower end."""

TRUNK_SKIN = ("root", "pelvis", "spine", "upperleg", "clavicle", "shoulder", "upperarm")


def smoothstep(x: FloatArray) -> FloatArray:
    """Ease x from 0 to 1."""
    x = np.clip(x, 0, 1)
    return np.asarray(x**2 * (3 - 2 * x))


@cache
def _anny() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        importlib.import_module("warp").config.quiet = True
        anny = importlib.import_module("anny")
        return anny.Anny(skinning_method="lbs", phenotypes="all", extrapolate_phenotypes=True)


def _anny_mesh(phenotype: dict[str, float], keep: bool) -> dict[str, Any]:
    """Return the mesh of a phenotype; kept on disk when `keep`, so that the next call needs no torch."""
    key = hashlib.sha1(json.dumps(phenotype, sort_keys=True).encode()).hexdigest()[:12]
    path = CACHE / f"{key}.npz"
    if path.exists():
        with np.load(path) as data:
            return dict(data)
    torch = importlib.import_module("torch")
    model = _anny()
    with torch.no_grad():
        out = model(phenotype_kwargs={k: v for k, v in phenotype.items() if k in model.phenotype_labels})
    mesh = {
        "names": np.array(model.bone_labels),
        "parents": np.array(model.bone_parents),
        "rest": out["rest_vertices"][0].double().numpy(),
        "head": out["rest_bone_heads"][0].double().numpy(),
        "faces": model.faces.numpy().astype(int),
        "bones": model.vertex_bone_indices.numpy(),
        "weights": model.vertex_bone_weights.double().numpy(),
    }
    if keep:
        CACHE.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{key}.{os.getpid()}.npz")
        np.savez_compressed(part, **mesh)
        part.replace(path)
    return mesh


class Body:
    """One person's mesh at rest and the skin weights that move it.

    Attributes
    ----------
    names, parents, index : bone names, (J,) parent of each bone (-1 root), and name -> number
    head : (J, 3) joints at rest (the lower end of a spine bone, the upper end of a limb bone)
    rest : (V, 3) vertices at rest; faces : (F, 3)
    weights : (V, J) skin weights, rows add up to 1
    """

    def __init__(self, spec: BodySpec, *, keep: bool = True) -> None:
        mesh = _anny_mesh(spec.phenotype, keep)
        self.names: list[str] = [str(name) for name in mesh["names"]]
        self.parents: IntArray = np.array(mesh["parents"])
        self.rest: FloatArray = mesh["rest"]
        self.head: FloatArray = mesh["head"]
        self.faces: IntArray = mesh["faces"]
        if spec.stature is not None:
            scale = spec.stature / float(np.ptp(self.rest[:, 2]))
            self.rest, self.head = self.rest * scale, self.head * scale
        self.stature = float(np.ptp(self.rest[:, 2]))
        count = len(self.rest)
        self.weights: FloatArray = np.zeros((count, len(self.names)))
        for k in range(mesh["bones"].shape[1]):
            np.add.at(self.weights, (np.arange(count), mesh["bones"][:, k]), mesh["weights"][:, k])
        self.weights /= self.weights.sum(1, keepdims=True)
        self.neighbours = neighbour_mean(self.faces, count)
        self.around = incidence(self.faces, count)
        self._split_thorax()
        self.index = {name: i for i, name in enumerate(self.names)}
        self._reweight_trunk(spec.weight_smooth)
        self._sparse = sp.csr_matrix(np.where(self.weights > 1e-4, self.weights, 0))

    def joint(self, bone: str) -> FloatArray:
        """Return the (3,) joint of a bone at rest."""
        return np.asarray(self.head[self.index[bone]])

    def weight_of(self, *prefixes: str) -> FloatArray:
        """Return the (V,) share of every vertex that follows bones with these prefixes."""
        columns = [i for i, name in enumerate(self.names) if name.startswith(prefixes)]
        return np.asarray(self.weights[:, columns].sum(1))

    def skin(self, rotation: FloatArray, shift: FloatArray) -> FloatArray:
        """Return posed vertices from (J, 3, 3) and (J, 3) with x' = rotation x + shift (linear blend skinning)."""
        move = np.concatenate([rotation, shift[:, :, None]], 2).reshape(len(rotation), 12)
        blend = (self._sparse @ move).reshape(-1, 3, 4)
        return np.asarray(np.einsum("vij,vj->vi", blend[:, :, :3], self.rest) + blend[:, :, 3])

    def _split_thorax(self) -> None:
        """Cut Anny's one rigid piece from T9 to C7 into three; what was attached to it follows the uppermost."""
        low, high = self.names.index("spine01"), self.names.index("neck01")
        first = len(self.names)
        above = [i for i, parent in enumerate(self.parents) if parent == low]
        self.parents[above] = first + 1
        self.parents = np.append(self.parents, [low, first])
        self.names += list(THORAX)
        reach = self.head[high] - self.head[low]
        self.head = np.concatenate([self.head, [self.head[low] + reach / 3, self.head[low] + 2 * reach / 3]])
        self.weights = np.concatenate([self.weights, np.zeros((len(self.weights), 2))], 1)

    def _reweight_trunk(self, rounds: int) -> None:
        """Let the skin of pelvis and thorax follow their bones.

        The stock weights let 10-20 % of the thigh bleed up to the skin of the low back (5 deg of lumbar bone
        showed as 18 deg on the skin) and mix the spine's bones unevenly. Here the weights around hips, spine and
        shoulders are first diffused (no creases at large angles); then the thigh's influence ends at the iliac
        crest and the trunk is weighted along the spine by height alone.
        """
        share = np.clip(self.weight_of(*TRUNK_SKIN), 0, 1)[:, None]
        for _ in range(rounds):
            self.weights = self.weights * (1 - 0.5 * share) + 0.5 * share * (self.neighbours @ self.weights)
        self.weights /= self.weights.sum(1, keepdims=True)
        height, scale = self.rest[:, 2], self.stature / 1.78
        hip = self.joint("upperleg01.L")[2]
        legs = [i for i, name in enumerate(self.names) if name.startswith("upperleg")]
        keep = 1 - smoothstep((height - (hip - 0.05 * scale)) / (0.12 * scale))
        lost = (self.weights[:, legs] * (1 - keep[:, None])).sum(1)
        self.weights[:, legs] *= keep[:, None]
        pelvis = [i for i, name in enumerate(self.names) if name == "root" or name.startswith("pelvis")]
        spine = [self.index[name] for name in SPINE]
        total = self.weights[:, spine + pelvis].sum(1) + lost
        level = np.array([self.joint(name)[2] for name in (*SPINE, "neck01")])
        above: list[FloatArray] = [np.ones(len(height))]
        for q in range(1, len(SPINE)):
            half = 0.55 * min(level[q] - level[q - 1], level[q + 1] - level[q])
            above.append(smoothstep((height - level[q] + half) / (2 * half)))
        above.append(np.zeros(len(height)))
        self.weights[:, pelvis] = 0
        for q, bone in enumerate(spine):
            self.weights[:, bone] = total * np.clip(above[q] - above[q + 1], 0, 1)
        self.weights /= self.weights.sum(1, keepdims=True)
