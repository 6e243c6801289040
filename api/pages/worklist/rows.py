"""The work list as the page shows it: needs in three groups, each with the one thing to do next."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from hinge_check.clinic.worklist import Entry, Need, NeedKind

Group = Literal["first", "look", "tidy"]

GROUPS: Final[dict[Group, tuple[NeedKind, ...]]] = {
    "first": ("seek_care", "ask_clinician", "pain_up", "stopped_for_pain"),
    "look": ("refused", "new_recordings"),
    "tidy": ("link_wanted", "no_plan", "quiet"),
}
ICONS: Final[dict[NeedKind, str]] = {
    "seek_care": "bell",
    "ask_clinician": "bell",
    "pain_up": "trend-up",
    "stopped_for_pain": "warning-calm",
    "refused": "camera",
    "new_recordings": "play",
    "link_wanted": "link",
    "no_plan": "pencil",
    "quiet": "clock",
}


@dataclass(frozen=True, slots=True)
class Act:
    """What to do about a need: a page to open, or (`post`) a form to send."""

    name: str
    """Ends the key of its words."""
    href: str
    post: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """A need and what to do about it."""

    need: Need
    icon: str
    act: Act


@dataclass(frozen=True, slots=True)
class Row:
    """A client; the most pressing need stands first."""

    client_id: str
    name: str
    first: Seen
    others: tuple[Seen, ...]


def grouped(entries: Sequence[Entry]) -> list[tuple[Group, list[Row]]]:
    """The clients in the groups of their most pressing need; groups without anybody are left out."""
    found = [
        (group, [_row(each) for each in entries if each.needs[0].kind in kinds]) for group, kinds in GROUPS.items()
    ]
    return [(group, rows) for group, rows in found if rows]


def seen(client_id: str, need: Need) -> Seen:
    """A need with what to do about it."""
    return Seen(need, ICONS[need.kind], _act(client_id, need))


def state_of(entries: Sequence[Entry]) -> str:
    """Changes when the list does."""
    told = [(each.client_id, [(need.kind, need.since, need.count) for need in each.needs]) for each in entries]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def _row(entry: Entry) -> Row:
    first, *others = (seen(entry.client_id, need) for need in entry.needs)
    return Row(entry.client_id, entry.name, first, tuple(others))


def _act(client_id: str, need: Need) -> Act:
    page = f"/clients/{client_id}"
    match need.kind:
        case "seek_care" | "ask_clinician":
            return Act("answers", f"{page}#answers")
        case "link_wanted":
            return Act("link", f"{page}/link", post=True)
        case "no_plan":
            return Act("plan", f"{page}/plan")
        case "quiet":
            return Act("client", page)
        case "new_recordings":
            return Act("review", f"/review/{need.recording_id}")
        case _ if need.recording_id is not None:
            return Act("recording", f"/review/{need.recording_id}")
        case _:
            return Act("checkins", f"{page}#checkins")
