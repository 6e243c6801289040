"""Rendering of one clip from its spec.

    python -m validation.rig.render validation/clips/fitted_neutral.toml --out validation/cache/clips
    python -m validation.rig.render spec.toml --out stills --frames 0,20,40

Writes NAME.mp4 (H.264), NAME.truth.json and NAME.mask.npz; with `--frames` pictures and masks of these frames alone.
"""

from __future__ import annotations

import argparse
import json
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt

from validation.rig.body import Body
from validation.rig.garments import DressedBody
from validation.rig.held import Held
from validation.rig.kinematics import Pose, Rig
from validation.rig.mesh import FloatArray
from validation.rig.motion import Timeline, motion_dict, timeline
from validation.rig.paint import materials, skin_colours
from validation.rig.scene import Scene
from validation.rig.silhouette import silhouette
from validation.rig.spec import ClipSpec, load
from validation.rig.truth import Landmarks, frame_truth

log = logging.getLogger(__name__)

Mask = npt.NDArray[np.bool_]
PEAKS = ("hip_flexion", "lumbar_flexion", "thoracic_flexion", "knee_flexion", "trunk_inclination", "pelvis_tilt")


class Actor:
    """One spec's person, moving: poses, visible meshes, truth and masks."""

    def __init__(self, spec: ClipSpec) -> None:
        self.spec = spec
        self.body = Body(spec.body)
        self.dressed = DressedBody(self.body, spec)
        self.rig = Rig(self.body, spec.motion, spec.arms)
        self.held = Held(spec.arms)
        self.landmarks = Landmarks(self.body)
        self.play: Timeline = timeline(spec.motion, spec.seed)
        self.faces = {**self.dressed.faces, **self.held.faces}

    def meshes(self, pose: Pose) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
        """Return the vertices of the person and of what the hands hold."""
        return self.dressed.posed(pose), self.held.posed(pose, self.dressed.sole)

    def rest(self) -> dict[str, FloatArray]:
        """Return the vertices at rest of the body and of each garment."""
        shells = {name: self.body.rest[shell.ids] for name, shell in self.dressed.shells.items()}
        return {"body": self.body.rest, **shells}


@dataclass(slots=True)
class Masks:
    """True silhouettes of the person as far as a held plate leaves them visible, and of what is held."""

    frames: list[int] = field(default_factory=list)
    person: list[Mask] = field(default_factory=list)
    held: list[Mask] = field(default_factory=list)

    def add(
        self, number: int, actor: Actor, scene: Scene, person: dict[str, FloatArray], held: dict[str, FloatArray]
    ) -> None:
        """Add the silhouettes of one frame."""
        size = scene.width, scene.height
        mask = silhouette(person, actor.faces, scene.camera.project, *size) > 127
        before = {n: held[n] for n in actor.held.parts_before(actor.spec.camera.facing)}
        if before:
            mask &= silhouette(before, actor.faces, scene.camera.project, *size) <= 127
        self.frames.append(number)
        self.person.append(mask)
        if held:
            self.held.append(silhouette(held, actor.faces, scene.camera.project, *size) > 127)

    def save(self, path: Path, shape: tuple[int, int]) -> None:
        """Write the masks as packed bits."""
        arrays: dict[str, Any] = {"bits": np.stack([np.packbits(m) for m in self.person])}
        if self.held:
            arrays["held_bits"] = np.stack([np.packbits(m) for m in self.held])
        part = path.with_name(f".{path.name}.part.npz")
        np.savez_compressed(part, frames=np.array(self.frames), shape=np.array(shape), **arrays)
        part.replace(path)


class ClipWriter:
    """H.264 at a constant rate, into a temporary name until closed."""

    def __init__(self, path: Path, spec: ClipSpec) -> None:
        self._path, self._part = path, path.with_name(f".{path.stem}.part.mp4")
        self._container = av.open(str(self._part), "w", options={"movflags": "+faststart"})
        self._stream: Any = self._container.add_stream("libx264", rate=Fraction(spec.motion.fps))
        self._stream.width, self._stream.height = spec.render.width, spec.render.height
        self._stream.pix_fmt = "yuv420p"
        self._stream.options = {"crf": str(spec.render.crf), "preset": "medium"}

    def write(self, picture: npt.NDArray[np.uint8]) -> None:
        """Encode one frame."""
        for packet in self._stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")):
            self._container.mux(packet)

    def close(self) -> None:
        """Finish the file and give it its name."""
        for packet in self._stream.encode():
            self._container.mux(packet)
        self._container.close()
        self._part.replace(self._path)


def camera_noise(picture: FloatArray, strength: float, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Add a little blur and grain, as a phone's sensor does."""
    grain = rng.standard_normal((*picture.shape[:2], 1)) * strength
    colour = rng.standard_normal(picture.shape) * strength * 0.5
    soft = cv2.GaussianBlur(picture, (0, 0), 0.45).astype(np.float32)
    return np.clip(soft + grain + colour, 0, 255).astype(np.uint8)


def render(spec: ClipSpec, out: Path, frames: Sequence[int] | None = None) -> None:
    """Render a clip, or only the pictures of some of its frames, into a folder."""
    begin = time.monotonic()
    actor = Actor(spec)
    scene = Scene(spec)
    rng = np.random.default_rng(spec.seed)
    numbers = range(len(actor.play.time)) if frames is None else frames
    writer = ClipWriter(out / f"{spec.name}.mp4", spec) if frames is None else None
    masks, rows, shown = Masks(), [], False
    for number in numbers:
        pose = actor.rig.pose(actor.play.knobs[number])
        person, held = actor.meshes(pose)
        parts = {**person, **held}
        if not shown:
            scene.show(parts, actor.faces, materials(spec), skin_colours(actor.dressed, spec), actor.rest())
            shown = True
        picture = camera_noise(scene.render(parts), spec.render.noise, rng)
        if writer is not None:
            writer.write(picture)
        if frames is not None or number % spec.render.mask_every == 0:
            masks.add(number, actor, scene, person, held)
        if frames is not None:
            cv2.imwrite(str(out / f"{spec.name}_{number:04d}.png"), picture[:, :, ::-1])
            cv2.imwrite(str(out / f"{spec.name}_{number:04d}_mask.png"), masks.person[-1].astype(np.uint8) * 255)
        seconds = float(actor.play.time[number])
        rows.append(frame_truth(actor.rig, pose, actor.landmarks, actor.dressed.sole, scene.camera, number, seconds))
    scene.close()
    if writer is not None:
        writer.close()
        masks.save(out / f"{spec.name}.mask.npz", (scene.height, scene.width))
        _write_truth(out / f"{spec.name}.truth.json", spec, actor, scene, rows)
    log.info("%s: %d frames, %.2f s a frame", spec.name, len(rows), (time.monotonic() - begin) / len(rows))


def _write_truth(path: Path, spec: ClipSpec, actor: Actor, scene: Scene, rows: list[dict[str, Any]]) -> None:
    camera = scene.camera
    truth = {
        "name": spec.name,
        "spec": spec.as_dict(),
        "motion": motion_dict(spec.motion, spec.seed),
        "fps": spec.motion.fps,
        "width": scene.width,
        "height": scene.height,
        "n_frames": len(rows),
        "camera": {"center": camera.centre.tolist(), "R": camera.rotation.tolist(), "f_px": camera.focal},
        "near_side": "l" if spec.camera.facing == "left" else "r",
        "reps": actor.play.reps,
        "peak": {name: round(_largest([row[name] for row in rows]), 2) for name in PEAKS},
        "frames": rows,
    }
    part = path.with_name(f".{path.name}.part")
    part.write_text(json.dumps(truth), encoding="utf-8")
    part.replace(path)


def _largest(values: Sequence[float]) -> float:
    return max(values, key=abs)


def main() -> None:
    """Render every spec that has no clip yet."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("specs", type=Path, nargs="+", help="TOML files; a clip that is there already is kept")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--frames", help="pictures of these frames only, e.g. 0,20,40")
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    args.out.mkdir(parents=True, exist_ok=True)
    frames = [int(n) for n in args.frames.split(",")] if args.frames else None
    for path in args.specs:
        spec = load(path)
        if frames is None and (args.out / f"{spec.name}.truth.json").exists():
            log.info("%s: kept", spec.name)
            continue
        render(spec, args.out, frames)


if __name__ == "__main__":
    main()
