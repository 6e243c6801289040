"""The person in one pose as SVG markup: rigid parts are placed by transforms, the bending trunk is reshaped."""

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
from api.pages.illustrations.paths import number, pairs

Placement = tuple[Point, float]
"""Where a part's joint is and how the part is turned."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the body or of what is held: its class in the style sheet, its outline and where it is placed."""

    style: str
    shape: str | Callable[[Pose], str]
    place: Callable[[Pose, Joints], Placement]


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


def _pelvis(pose: Pose, joints: Joints) -> Placement:
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


def _in_hand(_: Pose, joints: Joints) -> Placement:
    return joints.hand, 0.0


def _on_shoulders(pose: Pose, joints: Joints) -> Placement:
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
"""By what is held: the parts behind the near arm, and those in front of it."""


def parts_of(poses: Sequence[Pose], load: str | None, *, lumbar_read: bool = True) -> list[Part]:
    """List the parts from the farthest to the nearest; far limbs only where a pose sets them."""
    behind, in_front = LOADS[load] if load else ((), ())
    far_arm = FAR_ARM if any(pose.far_arm is not None for pose in poses) else ()
    far_leg = FAR_LEG if any(pose.far_thigh is not None or pose.far_shank is not None for pose in poses) else ()
    edge = LUMBAR if lumbar_read else LUMBAR_UNREAD
    return [*far_arm, *far_leg, *SHIN, *TRUNK, edge, *LEG, *behind, *ARM, *in_front]


def still(pose: Pose, load: str | None = None, *, lumbar_read: bool = True) -> str:
    """Draw one pose."""
    return draw_parts(pose, parts_of([pose], load, lumbar_read=lumbar_read))


def draw_parts(pose: Pose, parts: Sequence[Part]) -> str:
    """Draw parts of the person in one pose; neighbours that turn about the same joint share a group."""
    joints = joints_of(pose)
    text = ""
    for (at, angle), placed in groupby(parts, lambda part: part.place(pose, joints)):
        turn = f"rotate({number(angle)})" if number(angle) != "0" else ""
        paths = "".join(f'<path class="{part.style}" d="{outline_of(part, pose)}"/>' for part in placed)
        text += f'<g transform="translate({pairs([at])}){turn}">{paths}</g>'
    return text


def outline_of(part: Part, pose: Pose) -> str:
    """Return the path data of a part, bent as in the pose."""
    return part.shape if isinstance(part.shape, str) else part.shape(pose)
