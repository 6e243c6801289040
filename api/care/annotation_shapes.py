"""Drawings on a video. Coordinates are fractions of the picture, so that shapes fit it at any displayed size."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

MOST_SHAPES = 40
MOST_POINTS = 400
MOST_POINTS_IN_ALL = 2000


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _short(value: float) -> float:
    return round(value, 4)  # a tenth of a pixel on a phone


Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False), AfterValidator(_short)]
Point = Annotated[list[Share], Field(min_length=2, max_length=2, description="[x, y]: 0, 0 is top left")]
Colour = Literal["yellow", "red", "green", "blue", "white"]


class _Shape(_Model):
    colour: Colour = "yellow"


class Line(_Shape):
    """A straight line."""

    kind: Literal["line"]
    points: Annotated[list[Point], Field(min_length=2, max_length=2)]


class Arrow(_Shape):
    """From the first point to the second, where its head is."""

    kind: Literal["arrow"]
    points: Annotated[list[Point], Field(min_length=2, max_length=2)]


class Angle(_Shape):
    """Two legs; the second point is the vertex."""

    kind: Literal["angle"]
    points: Annotated[list[Point], Field(min_length=3, max_length=3)]


class Freehand(_Shape):
    """A stroke."""

    kind: Literal["freehand"]
    points: Annotated[list[Point], Field(min_length=2, max_length=MOST_POINTS)]


Shape = Annotated[Line | Arrow | Angle | Freehand, Field(discriminator="kind")]


class Drawing(_Model):
    """Shapes over one frame."""

    shapes: Annotated[list[Shape], Field(min_length=1, max_length=MOST_SHAPES)]

    @model_validator(mode="after")
    def _check_size(self) -> Drawing:
        if sum(len(shape.points) for shape in self.shapes) > MOST_POINTS_IN_ALL:
            raise ValueError(f"a drawing has {MOST_POINTS_IN_ALL} points at most")
        return self
