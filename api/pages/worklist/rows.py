"""The work list as the page shows it: needs in three groups, each with the next action."""

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
class Action:
    """What to do about a need: a page to open, or (`post`) a form to send."""

    name: str
    """The end of the key of its message."""
    href: str
    post: bool = False


@dataclass(frozen=True, slots=True)
class NeedItem:
    """A need with its icon and what to do about it."""

    need: Need
    icon: str
    act: Action


@dataclass(frozen=True, slots=True)
class Row:
    """A client with their needs, the most pressing one first."""

    client_id: str
    name: str
    first: NeedItem
    others: tuple[NeedItem, ...]


def group_rows(entries: Sequence[Entry]) -> list[tuple[Group, list[Row]]]:
    """Group the clients by their most pressing need; empty groups are left out."""
    groups = [
        (group, [_row(each) for each in entries if each.needs[0].kind in kinds]) for group, kinds in GROUPS.items()
    ]
    return [(group, rows) for group, rows in groups if rows]


def need_item(client_id: str, need: Need) -> NeedItem:
    """Return a need with its icon and what to do about it."""
    return NeedItem(need, ICONS[need.kind], _action_for(client_id, need))


def state_of(entries: Sequence[Entry]) -> str:
    """Return a digest that changes when the list does."""
    content = [(each.client_id, [(need.kind, need.since, need.count) for need in each.needs]) for each in entries]
    return hashlib.sha256(repr(content).encode()).hexdigest()[:16]


def _row(entry: Entry) -> Row:
    first, *others = (need_item(entry.client_id, need) for need in entry.needs)
    return Row(entry.client_id, entry.name, first, tuple(others))


def _action_for(client_id: str, need: Need) -> Action:
    page = f"/clients/{client_id}"
    match need.kind:
        case "seek_care" | "ask_clinician":
            return Action("answers", f"{page}#answers")
        case "link_wanted":
            return Action("link", f"{page}/link", post=True)
        case "no_plan":
            return Action("plan", f"{page}/plan")
        case "quiet":
            return Action("client", page)
        case "new_recordings":
            return Action("review", f"/review/{need.recording_id}")
        case _ if need.recording_id is not None:
            return Action("recording", f"/review/{need.recording_id}")
        case _:
            return Action("checkins", f"{page}#checkins")
