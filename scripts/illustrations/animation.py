"""A loop of poses as SVG markup, animated by SMIL: rigid parts are moved and turned, the bending trunk is reshaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from api.pages.illustrations.body import Pose, joints_of
from api.pages.illustrations.paths import number, pairs
from api.pages.illustrations.person import Part, Placement, outline_of, parts_of


@dataclass(frozen=True, slots=True)
class Timing:
    """When each pose of a loop is shown: `times` from 0 to 1 in a loop of `seconds`."""

    seconds: float
    times: tuple[float, ...]
    end: int
    """Index at which the far end is reached; the stand ends at index 1, the far end at `end` + 1."""

    def attributes(self) -> str:
        """Return the attributes of an SVG animation through all poses."""
        return self._attributes(self.times)

    def of_ends(self) -> str:
        """Return the attributes of an eased animation of the ends: start, start, end, end, start."""
        eased = ";".join(("0 0 1 1", "0.36 0 0.64 1", "0 0 1 1", "0.36 0 0.64 1"))
        times = (0.0, self.times[1], self.times[self.end], self.times[self.end + 1], 1.0)
        return f'calcMode="spline" keySplines="{eased}" {self._attributes(times)}'

    def _attributes(self, times: Sequence[float]) -> str:
        shown = ";".join(f"{time:.3f}".rstrip("0").rstrip(".") for time in times)
        return f'dur="{number(self.seconds)}s" repeatCount="indefinite" keyTimes="{shown}"'


def moving(poses: Sequence[Pose], timing: Timing, load: str | None = None) -> str:
    """Draw a loop through the poses: what turns about one joint is one group, the trunk is reshaped.

    The trunk's shape goes straight from that of the start to that of the far end, eased as the poses are: within a few
    degrees of lumbar flexion that is the true shape to a tenth of a unit, and it keeps the drawing small.
    """
    joints = [joints_of(pose) for pose in poses]
    ends = (poses[0], poses[timing.end])

    def placings(part: Part) -> tuple[Placement, ...]:
        return tuple(part.place(pose, at) for pose, at in zip(poses, joints, strict=True))

    text = ""
    for placed, parts in groupby(parts_of(poses, load), placings):
        start = f"translate({pairs([placed[0][0]])})rotate({number(placed[0][1])})"
        reshaped = "".join(_reshaping(part, ends, timing) for part in parts)
        text += f'<g transform="{start}">{_movement(placed, timing)}{reshaped}</g>'
    return text


def _movement(placed: Sequence[Placement], timing: Timing) -> str:
    """Return the animations that move and turn a group; none where it stays in place."""
    places, angles = [pairs([at]) for at, _ in placed], [number(angle) for _, angle in placed]
    if len(set(places)) == len(set(angles)) == 1:
        return ""
    return "".join(
        f'<animateTransform attributeName="transform" type="{kind}"{how} '
        f'values="{";".join(values)}" {timing.attributes()}/>'
        for kind, values, how in (("translate", places, ""), ("rotate", angles, ' additive="sum"'))
    )


def _reshaping(part: Part, ends: tuple[Pose, Pose], timing: Timing) -> str:
    """Return the path of a part, animated where the pose bends it."""
    start, end = (outline_of(part, pose) for pose in ends)
    opened = f'<path class="{part.style}" d="{start}"'
    if start == end:
        return f"{opened}/>"
    values = ";".join((start, start, end, end, start))
    return f'{opened}><animate attributeName="d" values="{values}" {timing.of_ends()}/></path>'
