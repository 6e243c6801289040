"""A pose, or a loop of poses, as SVG markup: rigid parts are placed by transforms, the bending trunk is reshaped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from api.pages.illustrations import props, shapes
from api.pages.illustrations.body import (
    FOREARM,
    SHANK,
    THIGH,
    UPPER_ARM,
    Joints,
    Point,
    Pose,
    along,
    joints_of,
    on_trunk,
)
from api.pages.illustrations.paths import curve, number, pairs, polyline

Placing = tuple[Point, float]
"""Where a part's joint is and how the part is turned."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the drawing: its class in the style sheet, its outline, where it belongs."""

    style: str
    shape: str | Callable[[Pose], str]
    place: Callable[[Pose, Joints], Placing]


@dataclass(frozen=True, slots=True)
class Timing:
    """When each pose of a loop is shown: `times` from 0 to 1, the loop lasting `seconds`."""

    seconds: float
    times: tuple[float, ...]
    end: int
    """Index of the far end, first reached; the stand ends at index 1, the far end at `end` + 1."""

    def attributes(self) -> str:
        """As attributes of an SVG animation through all poses."""
        return self._attributes(self.times)

    def of_ends(self) -> str:
        """As attributes of an animation between start and far end, eased: start, start, end, end, start."""
        eased = ";".join(("0 0 1 1", "0.36 0 0.64 1", "0 0 1 1", "0.36 0 0.64 1"))
        times = (0.0, self.times[1], self.times[self.end], self.times[self.end + 1], 1.0)
        return f'calcMode="spline" keySplines="{eased}" {self._attributes(times)}'

    def _attributes(self, times: Sequence[float]) -> str:
        shown = ";".join(f"{time:.3f}".rstrip("0").rstrip(".") for time in times)
        return f'dur="{number(self.seconds)}s" repeatCount="indefinite" keyTimes="{shown}"'


def _far_knee(pose: Pose, joints: Joints) -> Point:
    thigh = pose.thigh if pose.far_thigh is None else pose.far_thigh
    return along(joints.hip, thigh + 180, THIGH)


def _far_ankle(pose: Pose, joints: Joints) -> Point:
    shank = pose.shank if pose.far_shank is None else pose.far_shank
    return along(_far_knee(pose, joints), shank + 180, SHANK)


def _far_arm(pose: Pose) -> float:
    return 180 - (pose.arm if pose.far_arm is None else pose.far_arm)


def _far_elbow(pose: Pose, joints: Joints) -> Point:
    return along(joints.shoulder, _far_arm(pose), UPPER_ARM)


def _far_forearm(pose: Pose) -> float:
    return _far_arm(pose) - pose.elbow


def _far_wrist(pose: Pose, joints: Joints) -> Point:
    return along(_far_elbow(pose, joints), _far_forearm(pose), FOREARM)


def _pelvis(pose: Pose, joints: Joints) -> Placing:
    return joints.hip, pose.pelvis


FAR_ARM = (
    Part("d-skin-far", shapes.HAND, lambda p, j: (_far_wrist(p, j), _far_forearm(p) - p.far_wrist)),
    Part("d-skin-far", shapes.UPPER_ARM, lambda p, j: (j.shoulder, _far_arm(p))),
    Part("d-skin-far", shapes.FOREARM, lambda p, j: (_far_elbow(p, j), _far_forearm(p))),
    Part("d-shirt-far", shapes.SLEEVE, lambda p, j: (j.shoulder, _far_arm(p))),
)
FAR_LEG = (
    Part("d-shoe-far", shapes.SHOE, lambda p, j: (_far_ankle(p, j), p.far_foot)),
    Part("d-skin-far", shapes.SHANK, lambda p, j: (_far_ankle(p, j), p.shank if p.far_shank is None else p.far_shank)),
    Part("d-skin-far", shapes.THIGH, lambda p, j: (_far_knee(p, j), p.thigh if p.far_thigh is None else p.far_thigh)),
    Part(
        "d-shorts-far",
        shapes.SHORTS_LEG,
        lambda p, j: (_far_knee(p, j), p.thigh if p.far_thigh is None else p.far_thigh),
    ),
)
SHIN = (
    Part("d-shoe", shapes.SHOE, lambda p, j: (j.ankle, p.foot)),
    Part("d-skin", shapes.SHANK, lambda p, j: (j.ankle, p.shank)),
    Part("d-skin", shapes.HEAD, lambda p, j: (j.neck, p.pelvis + p.lumbar + p.thoracic + p.neck)),
)
TRUNK = (
    Part("d-shirt", shapes.shirt, _pelvis),
    Part("d-shorts", shapes.PELVIS, _pelvis),
    Part("d-back", shapes.back_edges, _pelvis),
)
LUMBAR = Part("d-lumbar", shapes.lumbar_edge, _pelvis)
LUMBAR_UNREAD = Part("d-lumbar d-unread", shapes.lumbar_edge, _pelvis)
LEG = (
    Part("d-skin", shapes.THIGH, lambda p, j: (j.knee, p.thigh)),
    Part("d-shorts", shapes.SHORTS_LEG, lambda p, j: (j.knee, p.thigh)),
)
ARM = (
    Part("d-skin", shapes.HAND, lambda p, j: (j.wrist, 180 - p.arm - p.elbow - p.wrist)),
    Part("d-skin", shapes.FOREARM, lambda p, j: (j.elbow, 180 - p.arm - p.elbow)),
    Part("d-skin", shapes.UPPER_ARM, lambda p, j: (j.shoulder, 180 - p.arm)),
    Part("d-shirt", shapes.SLEEVE, lambda p, j: (j.shoulder, 180 - p.arm)),
)


def _in_hand(_: Pose, joints: Joints) -> Placing:
    return joints.hand, 0.0


def _on_shoulders(pose: Pose, joints: Joints) -> Placing:
    return on_trunk(pose, joints.hip, props.ACROSS_SHOULDERS), 0.0


LOADS: dict[str, tuple[tuple[Part, ...], tuple[Part, ...]]] = {
    "bar": (
        (
            Part("d-load d-clear", props.DISC, _in_hand),
            Part("d-plate", props.PLATE, _in_hand),
            Part("d-hub", props.HUB, _in_hand),
        ),
        (),
    ),
    "dumbbell": ((), (Part("d-load", props.DUMBBELL, _in_hand),)),
    "kettlebell": ((Part("d-load", props.KETTLEBELL, _in_hand), Part("d-handle", props.HANDLE, _in_hand)), ()),
    "dowel": ((), (Part("d-dowel", props.dowel, _pelvis),)),
    "shouldered": (
        (),
        (Part("d-load", props.SMALL_PLATE, _on_shoulders), Part("d-hub", props.HUB, _on_shoulders)),
    ),
}
"""What is held: the parts behind the near arm, and those before it."""


def parts_of(poses: Sequence[Pose], load: str | None, *, lumbar_read: bool = True) -> list[Part]:
    """The parts from the farthest to the nearest; far limbs only where some pose shows them."""
    behind, before = LOADS[load] if load else ((), ())
    far_arm = FAR_ARM if any(pose.far_arm is not None for pose in poses) else ()
    far_leg = FAR_LEG if any(pose.far_thigh is not None or pose.far_shank is not None for pose in poses) else ()
    edge = LUMBAR if lumbar_read else LUMBAR_UNREAD
    return [*far_arm, *far_leg, *SHIN, *TRUNK, edge, *LEG, *behind, *ARM, *before]


def still(pose: Pose, load: str | None = None, *, lumbar_read: bool = True) -> str:
    """One pose."""
    return _placed_still(pose, parts_of([pose], load, lumbar_read=lumbar_read))


def silhouette(pose: Pose, load: str | None = None) -> str:
    """One pose without what a flat shape does not show: for ghosts."""
    hidden = (shapes.SLEEVE, shapes.SHORTS_LEG, shapes.back_edges)
    return _placed_still(pose, [part for part in parts_of([pose], load) if part.shape not in hidden])


def _placed_still(pose: Pose, shown: Sequence[Part]) -> str:
    joints = joints_of(pose)
    text = ""
    for (at, angle), parts in groupby(shown, lambda part: part.place(pose, joints)):
        turn = f"rotate({number(angle)})" if number(angle) != "0" else ""
        paths = "".join(f'<path class="{part.style}" d="{_shape(part, pose)}"/>' for part in parts)
        text += f'<g transform="translate({pairs([at])}){turn}">{paths}</g>'
    return text


def _shape(part: Part, pose: Pose) -> str:
    return part.shape if isinstance(part.shape, str) else part.shape(pose)


def moving(poses: Sequence[Pose], timing: Timing, load: str | None = None) -> str:
    """A loop through the poses, by SMIL: what turns about one joint is one group, the trunk is reshaped.

    The trunk's shape goes straight from the start's to the far end's, eased as the poses are: between a few degrees of
    lumbar flexion that is the true shape to a tenth of a unit, and it keeps the drawing small.
    """
    joints = [joints_of(pose) for pose in poses]
    ends = (poses[0], poses[timing.end])

    def placings(part: Part) -> tuple[Placing, ...]:
        return tuple(part.place(pose, at) for pose, at in zip(poses, joints, strict=True))

    text = ""
    for placed, parts in groupby(parts_of(poses, load), placings):
        start = f"translate({pairs([placed[0][0]])})rotate({number(placed[0][1])})"
        shapes_ = "".join(_shaped(part, ends, timing) for part in parts)
        text += f'<g transform="{start}">{_placed(placed, timing)}{shapes_}</g>'
    return text


def _placed(placed: Sequence[Placing], timing: Timing) -> str:
    """The animations that carry and turn a group; none where it stays."""
    places, angles = [pairs([at]) for at, _ in placed], [number(angle) for _, angle in placed]
    if len(set(places)) == len(set(angles)) == 1:
        return ""
    return "".join(
        f'<animateTransform attributeName="transform" type="{kind}"{how} '
        f'values="{";".join(values)}" {timing.attributes()}/>'
        for kind, values, how in (("translate", places, ""), ("rotate", angles, ' additive="sum"'))
    )


def _shaped(part: Part, ends: tuple[Pose, Pose], timing: Timing) -> str:
    """A path, reshaped where the pose bends it."""
    start, end = (_shape(part, pose) for pose in ends)
    opened = f'<path class="{part.style}" d="{start}"'
    if start == end:
        return f"{opened}/>"
    values = ";".join((start, start, end, end, start))
    return f'{opened}><animate attributeName="d" values="{values}" {timing.of_ends()}/></path>'


def sketch(pose: Pose) -> str:
    """The same person in a few thick strokes, for rows of small figures."""
    j = joints_of(pose)
    trunk = [j.hip, *(on_trunk(pose, j.hip, (-0.5, height)) for height in (12.0, 20.0, 28.0, 40.0))]
    shorts = along(j.hip, pose.thigh + 180, 20)
    head = along(j.neck, pose.pelvis + pose.lumbar + pose.thoracic + pose.neck, 14)
    edge = [on_trunk(pose, j.hip, point) for point in shapes.LUMBAR_EDGE]
    toes = along((j.ankle[0], -3.0), 90, 13)
    return "".join(
        f'<path class="{style}" d="{d}"/>'
        for style, d in (
            ("d-s d-s-shoe", polyline([(j.ankle[0] - 2, -3.0), toes])),
            ("d-s d-s-leg", polyline([j.ankle, j.knee, j.hip])),
            ("d-s d-s-neck", polyline([j.neck, head])),
            ("d-s d-s-trunk", curve(trunk)),
            ("d-s d-s-shorts", polyline([shorts, j.hip])),
            ("d-s d-s-arm", polyline([j.shoulder, j.elbow, j.hand])),
            ("d-skin", props.circle(*head, 9.5)),
            ("d-lumbar", curve(edge)),
        )
    )
