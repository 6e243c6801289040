"""Groups of repetitions for the tables: by view, clothes, body, arms, set; and which of them each target is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from validation.scores import RepScore

Chosen = Callable[[RepScore], bool]

SIDE_DEG, OBLIQUE_DEG = 15.0, 30.0
TALL_PX = 250.0


def yaw(rep: RepScore) -> float:
    """Return the degrees off the side, either way."""
    return abs(rep.clip.truth.yaw_deg)


def is_side_view(rep: RepScore) -> bool:
    """Return whether it was filmed from within 15 degrees of the side."""
    return yaw(rep) <= SIDE_DEG


def is_best_case(rep: RepScore) -> bool:
    """Return whether it is a side view, fitted clothes, at least 250 px tall: the case of the tightest targets."""
    truth = rep.clip.truth
    return is_side_view(rep) and truth.clothing == "fitted" and truth.height_px >= TALL_PX


def is_hard_case(rep: RepScore) -> bool:
    """Return whether the top is loose or hooded, or the view 15 to 30 degrees off the side."""
    return yaw(rep) <= OBLIQUE_DEG and (rep.clip.truth.clothing != "fitted" or yaw(rep) > SIDE_DEG)


def has_free_back(rep: RepScore) -> bool:
    """Return whether nothing but clothes hides the back and the hip: arms hanging, reaching or crossed."""
    return rep.clip.truth.arms in ("hanging", "forward", "crossed")


def tables(reps: Sequence[RepScore]) -> dict[str, dict[str, list[RepScore]]]:
    """Return title -> row -> repetitions; rows without any are left out."""
    by_side = [rep for rep in reps if is_side_view(rep)]

    def split(of: Sequence[RepScore], rows: dict[str, Chosen]) -> dict[str, list[RepScore]]:
        chosen = {name: [rep for rep in of if keep(rep)] for name, keep in rows.items()}
        return {name: kept for name, kept in chosen.items() if kept}

    def values(of: Sequence[RepScore], read: Callable[[RepScore], str]) -> dict[str, list[RepScore]]:
        return {name: [rep for rep in of if read(rep) == name] for name in sorted({read(rep) for rep in of})}

    return {
        "By camera": split(
            reps,
            {
                "0-15° off the side": is_side_view,
                "15-30°": lambda r: SIDE_DEG < yaw(r) <= OBLIQUE_DEG,
                "over 30°": lambda r: yaw(r) > OBLIQUE_DEG,
            },
        ),
        "By clothes (side views)": values(by_side, lambda r: r.clip.truth.clothing),
        "By size in the picture (side views)": split(
            by_side,
            {
                "under 250 px": lambda r: r.clip.truth.height_px < TALL_PX,
                "250-350 px": lambda r: TALL_PX <= r.clip.truth.height_px < 350,
                "350 px and more": lambda r: r.clip.truth.height_px >= 350,
            },
        ),
        "By body (side views)": {
            **values(by_side, lambda r: r.clip.truth.sex),
            **split(
                by_side,
                {
                    "light to middling (weight under 0.7)": lambda r: r.clip.truth.weight < 0.7,
                    "heavy (0.7 and more)": lambda r: r.clip.truth.weight >= 0.7,
                },
            ),
        },
        "By arms (side views)": values(by_side, lambda r: r.clip.truth.arms),
        "By hair (side views)": values(by_side, lambda r: r.clip.truth.hair),
        "By true lumbar flexion (side views)": split(
            by_side,
            {
                "arched, under 0°": lambda r: r.truth["lumbar"] < 0,
                "neutral, 0-10°": lambda r: 0 <= r.truth["lumbar"] <= 10,
                "10-30°": lambda r: 10 < r.truth["lumbar"] < 30,
                "rounded, 30° and more": lambda r: r.truth["lumbar"] >= 30,
            },
        ),
        "By set of clips": values(reps, lambda r: r.clip.group),
    }
