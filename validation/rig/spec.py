"""A clip's specification as one typed value: read from TOML (or the JSON of the first clips), copied into the truth."""

from __future__ import annotations

import dataclasses
import json
import tomllib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar

Colour = tuple[float, float, float]
"""sRGB, 0..1."""

PerRep = float | tuple[float, ...]
"""One value for all repetitions, or one for each (the last repeats)."""

LUMBAR_SHARE = {"spine04": 0.28, "spine03": 0.32, "spine02": 0.28, "spine01": 0.12}
"""How lumbar flexion spreads over L5/S1, L3/4, L1/2 and T9/10 unless a spec says otherwise."""

PHENOTYPE = {
    "gender": 0.0,
    "age": 0.67,
    "muscle": 0.55,
    "weight": 0.5,
    "height": 0.55,
    "proportions": 0.6,
    "african": 0.0,
    "asian": 0.0,
    "caucasian": 1.0,
}
"""Gender 0 male .. 1 female; age 0.33 child, 0.67 young adult, 1 old; weight may go up to about 1.4."""


@dataclass(frozen=True, slots=True)
class BodySpec:
    """`phenotype` overrides single entries of `PHENOTYPE`; stature in metres."""

    stature: float | None = 1.78
    phenotype: dict[str, float] = field(default_factory=dict)
    weight_smooth: int = 6

    def __post_init__(self) -> None:
        object.__setattr__(self, "phenotype", {**PHENOTYPE, **{k: float(v) for k, v in self.phenotype.items()}})


@dataclass(frozen=True, slots=True)
class MotionSpec:
    """Degrees and seconds. `tempo` is down, hold at the bottom, up, pause at the top.

    `lumbar` < 0 arches, `neck` < 0 looks up; `lumbar0` and `thoracic0` change the standing posture itself, which is
    the zero of the truth; `lumbar_delay` is the share of the descent before the spine starts to move; `jitter` the
    relative spread between repetitions; `start` "floor" begins at the bottom of the first repetition, never having
    stood; `stance` moves the feet inwards (degrees of hip adduction from the body model's wide stance).
    """

    fps: int = 30
    reps: int = 3
    tempo: tuple[float, float, float, float] = (1.1, 0.25, 1.0, 0.5)
    lead: float = 0.6
    tail: float = 0.5
    hip: PerRep = 85.0
    lumbar: PerRep = 5.0
    thoracic: PerRep = 0.0
    knee: PerRep = 18.0
    knee0: float = 5.0
    neck: PerRep = -25.0
    lumbar0: float = 0.0
    thoracic0: float = 0.0
    lumbar_dist: dict[str, float] = field(default_factory=lambda: dict(LUMBAR_SHARE))
    lumbar_delay: float = 0.0
    jitter: float = 0.03
    balance: float = 0.045
    stance: float = 0.0
    start: Literal["stand", "floor"] = "stand"


@dataclass(frozen=True, slots=True)
class ArmsSpec:
    """Posture of the arms.

    hanging: straight down; forward: reaching `forward` degrees ahead of the vertical; crossed: over the chest;
    dowel: one hand behind the neck and one behind the low back, holding a stick along the spine; bar: both hands on a
    barbell close to the legs, `plate` the radius of its plates in metres (0 none), `load` its mass as a share of the
    body's. `curl` is how far the fingers are bent, degrees a joint.
    """

    posture: Literal["hanging", "forward", "crossed", "dowel", "bar"] = "hanging"
    abduct: float = 9.0
    forward: float = 4.0
    curl: float = 16.0
    plate: float = 0.0
    load: float = 0.0


@dataclass(frozen=True, slots=True)
class ClothesSpec:
    """Garments over the skin.

    `top`: shirt, hooded (thick, long in the sleeve, hood down on the upper back) or bare; `sleeve` 0..1 of the upper
    arm, up to 2 at the wrist; `loose` metres that cloth stands off and sags; `bottom_loose` 0..1; `wrinkle` metres
    (standard deviation of folds); `drape` 0..1, how far cloth bridges the hollow of the back instead of following it.
    """

    top: Literal["shirt", "hooded", "bare"] = "shirt"
    bottom: Literal["shorts", "trunks", "tights", "trousers"] = "shorts"
    sleeve: float = 0.55
    shirt_hem: float = 0.03
    loose: float = 0.0
    bottom_loose: float = 0.5
    wrinkle: float = 0.0
    drape: float = 0.0
    shirt_color: Colour = (0.20, 0.33, 0.55)
    bottom_color: Colour = (0.12, 0.12, 0.14)
    shoe_color: Colour = (0.16, 0.17, 0.20)
    sock_color: Colour = (0.9, 0.9, 0.9)


@dataclass(frozen=True, slots=True)
class CameraSpec:
    """`yaw` degrees off the sagittal plane towards the front; metres; `fov` of the picture's long edge, degrees.

    `facing` is the side of the picture the person faces; aims at (0, target_y, target_z).
    """

    facing: Literal["left", "right"] = "right"
    yaw: float = 0.0
    distance: float = 3.3
    height: float = 1.05
    target_z: float = 0.92
    target_y: float = -0.05
    fov: float = 62.0
    roll: float = 0.0


@dataclass(frozen=True, slots=True)
class PropSpec:
    """A box in the room: metres right of the centre, before the wall, height of its centre; width, depth, height."""

    box: tuple[float, float, float, float, float, float]
    color: Colour
    rough: float = 0.6
    rot: float = 0.0


@dataclass(frozen=True, slots=True)
class BackgroundSpec:
    """Floor, wall and props of the room. Colours are sRGB 0..1, distances metres, angles degrees."""

    floor: Literal["planks", "rubber", "carpet"] = "planks"
    floor_color: Colour = (0.55, 0.40, 0.27)
    floor_rough: float = 0.5
    floor_scale: float = 2.2
    wall: Literal["plaster", "brick"] = "plaster"
    wall_color: Colour = (0.74, 0.73, 0.70)
    wall_dist: float = 1.3
    wall_angle: float = 0.0
    wall_scale: float = 3.0
    skirt: Colour = (0.85, 0.85, 0.83)
    side_wall: float | None = None
    props: tuple[PropSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class AreaLight:
    """`pos`: metres right of the camera axis, towards the camera, up."""

    pos: tuple[float, float, float]
    power: float
    size: float = 1.5
    color: Colour = (1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class LightSpec:
    """Ambient light, exposure and area lights."""

    ambient: float = 0.35
    ambient_color: Colour = (0.9, 0.95, 1.0)
    exposure: float = 0.0
    areas: tuple[AreaLight, ...] = (
        AreaLight((-1.0, 2.2, 2.9), 160, 1.6),
        AreaLight((2.5, 1.0, 2.0), 60, 1.2, (1.0, 0.93, 0.85)),
    )


@dataclass(frozen=True, slots=True)
class RenderSpec:
    """Picture size, render and encoder settings; a true mask is written for every `mask_every`-th frame."""

    width: int = 640
    height: int = 360
    samples: int = 3
    plate_samples: int = 6
    denoise: bool = True
    threads: int = 1
    crf: int = 20
    noise: float = 2.2
    mask_every: int = 5


HairStyle = Literal["short", "crop", "bob", "pony", "long"]


@dataclass(frozen=True, slots=True)
class ClipSpec:
    """One clip. `kind` is what it shows in a word; `seed` decides all that is random in it."""

    name: str = "clip"
    kind: str = ""
    seed: int = 0
    body: BodySpec = field(default_factory=BodySpec)
    motion: MotionSpec = field(default_factory=MotionSpec)
    arms: ArmsSpec = field(default_factory=ArmsSpec)
    clothes: ClothesSpec = field(default_factory=ClothesSpec)
    skin: Colour = (0.78, 0.58, 0.47)
    hair: Colour = (0.16, 0.11, 0.08)
    hair_style: HairStyle = "short"
    camera: CameraSpec = field(default_factory=CameraSpec)
    background: BackgroundSpec = field(default_factory=BackgroundSpec)
    light: LightSpec = field(default_factory=LightSpec)
    render: RenderSpec = field(default_factory=RenderSpec)

    def as_dict(self) -> dict[str, Any]:
        """Return the spec as plain tables."""
        return dataclasses.asdict(self)


T = TypeVar("T")


def from_mapping(kind: type[T], data: Mapping[str, Any], where: str = "spec") -> T:
    """Build a spec from plain tables; every key optional.

    Raises
    ------
    ValueError
        On an unknown key, a value of the wrong kind or a word that is none of the choices.
    """
    hints = typing.get_type_hints(kind)
    unknown = set(data) - set(hints)
    if unknown:
        raise ValueError(f"{where}: unknown {sorted(unknown)}; known are {sorted(hints)}")
    return kind(**{key: _convert(hints[key], value, f"{where}.{key}") for key, value in data.items()})


def _convert(hint: Any, value: Any, where: str) -> Any:
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        if not isinstance(value, Mapping):
            raise ValueError(f"{where}: a table is wanted, not {value!r}")
        return from_mapping(hint, value, where)
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is Literal:
        if value not in args:
            raise ValueError(f"{where}: {value!r} is none of {list(args)}")
        return value
    if origin in (typing.Union, types.UnionType):
        return _convert_union(args, value, where)
    if origin is tuple:
        if not isinstance(value, (list, tuple)) or (args[-1] is not ... and len(value) != len(args)):
            raise ValueError(f"{where}: {value!r} has the wrong number of entries")
        kinds = [args[0]] * len(value) if args[-1] is ... else args
        return tuple(_convert(k, v, f"{where}[{i}]") for i, (k, v) in enumerate(zip(kinds, value, strict=True)))
    if origin is dict:
        return {str(k): _convert(args[1], v, f"{where}.{k}") for k, v in value.items()}
    if hint is float and isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if isinstance(hint, type) and not isinstance(value, hint):
        raise ValueError(f"{where}: {hint.__name__} is wanted, not {value!r}")
    return value


def _convert_union(args: tuple[Any, ...], value: Any, where: str) -> Any:
    if value is None and type(None) in args:
        return None
    for arg in args:
        if arg is not type(None):
            try:
                return _convert(arg, value, where)
            except ValueError:
                continue
    raise ValueError(f"{where}: {value!r} does not fit")


def load(path: Path) -> ClipSpec:
    """Read a spec; its name is the file's unless it says another.

    Raises
    ------
    ValueError
        When the file is neither TOML nor JSON of this form.
    """
    text = path.read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    data.setdefault("name", path.stem)
    motion = data.get("motion", {})
    motion.pop("seed", None)  # stood in the first specs, never used: the clip's own seed counts
    for old in ("abduct", "forward"):  # the first clips kept the arms' angles with the motion
        if f"arm_{old}" in motion:
            data.setdefault("arms", {})[old] = motion.pop(f"arm_{old}")
    return from_mapping(ClipSpec, data)
