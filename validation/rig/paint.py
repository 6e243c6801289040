"""Colours of skin, eyes and brows, and the materials of everything visible."""

from __future__ import annotations

import numpy as np

from validation.rig.blender import Material
from validation.rig.garments import DressedBody
from validation.rig.mesh import FloatArray
from validation.rig.spec import ClipSpec

STEEL = (0.55, 0.56, 0.58)
RUBBER = (0.07, 0.07, 0.08)
WOOD = (0.66, 0.48, 0.29)


def skin_colours(dressed: DressedBody, spec: ClipSpec) -> FloatArray:
    """Return (V, 3) sRGB: skin, scalp, eyes, brows; covered skin has the garment's colour, to hide poke-through."""
    body, rest = dressed.body, dressed.body.rest
    skin, hair = np.array(spec.skin), np.array(spec.hair)
    rng = np.random.default_rng(spec.seed + 5)
    colours = np.tile(skin, (len(rest), 1)) * (1 + 0.02 * rng.standard_normal((len(rest), 1)))
    colours[dressed.hair.cap] = hair
    scale = body.stature / 1.75
    face = (dressed.area.head_share > 0.5) & dressed.hair.outer
    for side in "LR":
        away = rest - body.joint(f"eye.{side}")
        eye = body.weights[:, body.index[f"eye.{side}"]] > 0.9
        colours[eye] = [0.86, 0.85, 0.83]
        colours[eye & (np.hypot(away[:, 0], away[:, 2]) < 0.0068 * scale) & (away[:, 1] < 0)] = [0.12, 0.08, 0.06]
        ahead = (away[:, 1] < 0.01) & (away[:, 1] > -0.05)
        above = (np.abs(away[:, 2] - 0.017 * scale) < 0.006) & (np.abs(away[:, 0]) < 0.022)
        colours[face & ~eye & above & ahead] = 0.5 * hair + 0.5 * skin
    worn = {
        "bottom": spec.clothes.bottom_color,
        "shirt": spec.clothes.shirt_color,
        "sock": spec.clothes.sock_color,
        "shoe": spec.clothes.shoe_color,
    }
    for name, colour in worn.items():
        shell = dressed.shells.get(name)
        if shell is not None:
            colours[shell.ids[~shell.border]] = colour
    return colours


def materials(spec: ClipSpec) -> dict[str, Material]:
    """Return the material of every part; the strands of hair are `tail0`, ..."""
    clothes = spec.clothes
    top = Material(clothes.shirt_color, rough=0.9, shine=0.1, bump=0.55, bump_scale=14)
    hair = Material(spec.hair, rough=0.55, shine=0.4, bump=0.9, bump_scale=90)
    plate = Material(RUBBER, rough=0.6, shine=0.3)
    return {
        "body": Material(vertex_colours=True, rough=0.5, shine=0.35),
        "shirt": top,
        "hood": top,
        "bottom": Material(clothes.bottom_color, rough=0.85, shine=0.15, bump=0.5, bump_scale=14),
        "sock": Material(clothes.sock_color, rough=0.95, shine=0.1),
        "shoe": Material(clothes.shoe_color, rough=0.5, shine=0.4),
        "hair": hair,
        **{f"tail{k}": hair for k in range(3)},
        "dowel": Material(WOOD, rough=0.6),
        "bar": Material(STEEL, rough=0.35, metal=1.0),
        "plate_l": plate,
        "plate_r": plate,
    }
