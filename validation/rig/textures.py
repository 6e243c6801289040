"""Floors and walls as pictures, drawn from a seed."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from validation.rig.mesh import FloatArray
from validation.rig.spec import Colour

Rng = np.random.Generator
Texture = Callable[[Rng, Colour], FloatArray]
SIDE = 1024


def clouds(side: int, rng: Rng, octaves: int = 6, base: int = 4, persist: float = 0.55) -> FloatArray:
    """Return (side, side) noise of unit variance at several scales."""
    out, gain = np.zeros((side, side), np.float32), 1.0
    for octave in range(octaves):
        cells = base * 2**octave
        if cells > side:
            break
        coarse = rng.standard_normal((cells, cells)).astype(np.float32)
        out += gain * cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC)
        gain *= persist
    return np.asarray(out / out.std())


def planks(rng: Rng, colour: Colour) -> FloatArray:
    """Draw a floor of planks."""
    picture = np.ones((SIDE, SIDE, 3), np.float32) * np.array(colour, np.float32)
    rows = 10
    tall, wide = SIDE // rows, SIDE // 2
    for row in range(rows):
        start = rng.integers(0, SIDE)
        band = picture[row * tall : (row + 1) * tall]
        for k in range(3):
            left = (start + k * SIDE // 2) % SIDE
            tone = 1 + 0.12 * rng.standard_normal()
            coarse = cv2.resize(rng.standard_normal((tall, 8)).astype(np.float32), (wide, tall))
            fine = cv2.resize(rng.standard_normal((tall, 40)).astype(np.float32), (wide, tall))
            columns = (left + np.arange(wide)) % SIDE
            band[:, columns] = np.array(colour) * tone * (1 + 0.07 * (coarse + 0.5 * fine))[..., None]
            band[:, left % SIDE] *= 0.5
        picture[row * tall : row * tall + 2] *= 0.5
    return np.clip(picture, 0, 1)


def rubber(rng: Rng, colour: Colour) -> FloatArray:
    """Draw a floor of speckled rubber tiles."""
    speck = rng.random((SIDE, SIDE))
    picture = np.ones((SIDE, SIDE, 3), np.float32) * np.array(colour) * (1 + 0.05 * clouds(SIDE, rng)[..., None])
    picture[speck > 0.985] = np.array([0.55, 0.57, 0.6])
    picture[:: SIDE // 4] *= 0.5
    picture[:, :: SIDE // 4] *= 0.5
    return np.asarray(np.clip(picture, 0, 1))


def carpet(rng: Rng, colour: Colour) -> FloatArray:
    """Draw a carpet."""
    half = SIDE // 2
    pile = clouds(half, rng, 5, 6) * 0.05 + rng.standard_normal((half, half)) * 0.10
    return _mirrored(np.clip(np.array(colour) * (1 + pile)[..., None], 0, 1))


def plaster(rng: Rng, colour: Colour) -> FloatArray:
    """Draw a plaster wall."""
    half = SIDE // 2
    rough = 0.03 * clouds(half, rng, 6, 3) + 0.02 * rng.standard_normal((half, half))
    return _mirrored(np.clip(np.array(colour) * (1 + rough)[..., None], 0, 1))


def brick(rng: Rng, colour: Colour) -> FloatArray:
    """Draw a brick wall."""
    picture = np.ones((SIDE, SIDE, 3), np.float32) * 0.72
    rows, columns = 24, 8
    tall, wide = SIDE / rows, SIDE / columns
    for r in range(rows):
        for c in range(-1, columns + 1):
            left, right = int((c + 0.5 * (r % 2)) * wide) + 5, int((c + 1 + 0.5 * (r % 2)) * wide) - 4
            top, bottom = int(r * tall) + 3, int((r + 1) * tall) - 3
            tone = 1 + 0.16 * rng.standard_normal()
            picture[top:bottom, max(0, left) : max(0, min(SIDE, right))] = np.array(colour) * tone
    grain = 0.05 * rng.standard_normal((SIDE, SIDE, 1))
    return np.asarray(np.clip(picture * (1 + 0.06 * clouds(SIDE, rng))[..., None] * (1 + grain), 0, 1))


def _mirrored(picture: FloatArray) -> FloatArray:
    """Mirror the picture into four, so that it repeats without a seam."""
    tall = np.concatenate([picture, picture[::-1]], 0)
    return np.ascontiguousarray(np.concatenate([tall, tall[:, ::-1]], 1), dtype=np.float32)


TEXTURES: dict[str, Texture] = {
    "planks": planks,
    "rubber": rubber,
    "carpet": carpet,
    "plaster": plaster,
    "brick": brick,
}
