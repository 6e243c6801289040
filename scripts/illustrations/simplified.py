"""The person simplified: as a flat silhouette, or in a few thick strokes."""

from __future__ import annotations

from api.pages.illustrations import shapes
from api.pages.illustrations.body import Pose, along, joints_of, on_trunk
from api.pages.illustrations.paths import circle, curve, polyline
from api.pages.illustrations.person import draw_parts, parts_of


def silhouette(pose: Pose, load: str | None = None) -> str:
    """Draw one pose without what a flat shape would not show: for `ghost`."""
    hidden = (shapes.SLEEVE, shapes.SHORTS_LEG, shapes.back_edges)
    return draw_parts(pose, [part for part in parts_of([pose], load) if part.shape not in hidden])


def sketch(pose: Pose) -> str:
    """Draw the person in a few thick strokes, for rows of small figures."""
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
            ("d-skin", circle(*head, 9.5)),
            ("d-lumbar", curve(edge)),
        )
    )
