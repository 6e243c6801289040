"""Many people's outlines with their joint angles, straight from the posed mesh: what calibration learns from.

    python -m validation.rig.mesh_set --out validation/cache/mesh_set --bodies 400 --seed 1

Writes shards `shard_000.npz`, ...; a shard that is there already is kept, so an interrupted run goes on.
The format is described in validation/README.md.
"""

from __future__ import annotations

import argparse
import json
import logging
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from validation.rig.body import Body
from validation.rig.camera import Camera, place_camera
from validation.rig.garments import DressedBody
from validation.rig.held import Held
from validation.rig.kinematics import Rig
from validation.rig.mesh import FloatArray, IntArray
from validation.rig.sampling import SampledPose, sample_clip, sample_poses
from validation.rig.silhouette import silhouette
from validation.rig.spec import ClipSpec
from validation.rig.truth import ANGLES, Landmarks, angles, spine_joints

log = logging.getLogger(__name__)

SIZE = 320
"""Pixels a side of a crop."""

TALL = (256.0, 300.0)
"""Pixels of a standing person in the crop."""

WIDE = 1280, 720
"""The picture that the crop is cut from; only its proportions to the field of view matter."""

SPINE_JOINTS = ("spine04", "spine03", "spine02", "spine01", "thorax02", "thorax01")


def pose_clip(spec: ClipSpec, poses: list[SampledPose], tall: float) -> dict[str, Any]:
    """Return masks, joints and angles of one person in these poses, the standing one first.

    The crop's place and scale are the same in all poses, as a fixed camera's are.
    """
    body = Body(spec.body, keep=False)
    dressed, rig, landmarks = DressedBody(body, spec), Rig(body, spec.motion, spec.arms), Landmarks(body)
    posed = [rig.pose(pose.knobs) for pose in poses]
    parts = [dressed.posed(pose) for pose in posed]
    held = Held(spec.arms)
    hiding = [_only(held.posed(pose, dressed.sole), held.parts_before(spec.camera.facing)) for pose in posed]
    places = [landmarks.at(pose, dressed.sole) for pose in posed]
    camera = _crop(place_camera(spec.camera, *WIDE), parts, tall)
    return {
        "mask": np.stack(
            [_visible(p, dressed.faces, before, held.faces, camera) for p, before in zip(parts, hiding, strict=True)]
        ),
        "px": np.stack([[camera.project(p[name]) for name in landmarks.names] for p in places]).astype(np.float32),
        "xyz": np.stack([[p[name] for name in landmarks.names] for p in places]).astype(np.float32),
        "angles": np.array(
            [list(angles(rig, pose, p).values()) for pose, p in zip(posed, places, strict=True)], np.float32
        ),
        "spine": np.array([[spine_joints(rig, pose)[n] for n in SPINE_JOINTS] for pose in posed], np.float32),
        "rep": np.array([pose.rep for pose in poses], np.int16),
        "phase": np.array([pose.phase for pose in poses], np.float32),
        "camera": camera,
        "landmarks": landmarks.names,
    }


Parts = dict[str, FloatArray]
Faces = dict[str, IntArray]


def _only(parts: Parts, names: tuple[str, ...]) -> Parts:
    return {name: parts[name] for name in names}


def _visible(person: Parts, faces: Faces, before: Parts, held_faces: Faces, camera: Camera) -> npt.NDArray[np.uint8]:
    """Return the part of the person's outline that a plate held before them leaves visible."""
    mask = silhouette(person, faces, camera.project, SIZE, SIZE)
    if not before:
        return mask
    return np.minimum(mask, 255 - silhouette(before, held_faces, camera.project, SIZE, SIZE))


def _crop(camera: Camera, parts: list[dict[str, FloatArray]], tall: float) -> Camera:
    outline = [camera.project(np.concatenate(list(p.values()))) for p in parts]
    scale = tall / float(np.ptp(outline[0][:, 1]))
    every = np.concatenate(outline) * scale
    middle = 0.5 * (every[:, 0].min() + every[:, 0].max())
    return camera.zoomed(scale, middle - SIZE / 2, every[:, 1].max() + 8 - SIZE)


def write_shard(path: Path, first: int, count: int, seed: int) -> None:
    """Write `count` bodies from number `first`; a body's randomness depends on the seed and its number alone."""
    rows: dict[str, list[Any]] = {k: [] for k in ("mask", "px", "xyz", "angles", "spine", "rep", "phase", "clip")}
    clips: list[ClipSpec] = []
    cameras: list[Camera] = []
    names: tuple[str, ...] = ()
    for number in range(first, first + count):
        rng = np.random.default_rng([seed, number])
        spec = sample_clip(rng, number)
        data = pose_clip(spec, sample_poses(rng, spec.motion), float(rng.uniform(*TALL)))
        for key in rows:
            if key != "clip":
                rows[key].append(data[key])
        rows["clip"].append(np.full(len(data["rep"]), number, np.int32))
        clips.append(spec)
        cameras.append(data["camera"])
        names = data["landmarks"]
    part = path.with_name(f".{path.name}.part.npz")
    arrays: dict[str, Any] = {key: np.concatenate(value) for key, value in rows.items()}
    np.savez_compressed(
        part,
        **arrays,
        joint_names=np.array(names),
        angle_names=np.array(ANGLES),
        spine_names=np.array(SPINE_JOINTS),
        clip_ids=np.arange(first, first + count, dtype=np.int32),
        clip_specs=np.array([json.dumps(spec.as_dict()) for spec in clips]),
        camera_centre=np.stack([c.centre for c in cameras]),
        camera_rotation=np.stack([c.rotation for c in cameras]),
        camera_focal=np.array([c.focal for c in cameras]),
        camera_middle=np.array([c.middle for c in cameras]),
    )
    part.replace(path)


def main() -> None:
    """Write the missing shards of a set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder for the shards")
    parser.add_argument("--bodies", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shard", type=int, default=50, help="bodies a shard")
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    args.out.mkdir(parents=True, exist_ok=True)
    for number, first in enumerate(range(0, args.bodies, args.shard)):
        path = args.out / f"shard_{number:03d}.npz"
        if path.exists():
            continue
        begin = time.monotonic()
        write_shard(path, first, min(args.shard, args.bodies - first), args.seed)
        log.info("%s: %.0f s", path.name, time.monotonic() - begin)


if __name__ == "__main__":
    main()
