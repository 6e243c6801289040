"""The audit trail with names for ids: who did what, to which object, of which client."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.auth.audit_trail import AuditOut

RECORDINGS: Final = frozenset({"recording", "report", "reviews", "media", "figures", "links", "video"})
"""Kinds of objects whose id is that of a recording."""


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as the page shows it."""

    at: datetime
    who: str | None
    """The name; None where only `who_kind` is shown."""
    who_kind: str
    mine: bool
    """Whether the reader of the trail did it."""
    what: str
    object_kind: str
    """A key of the catalogue's kinds; of a protocol without its name."""
    of: str
    """The name of the protocol; empty for any other object."""
    client_id: str | None
    client: str | None
    """The name of the reader's own client; None for another clinician's, and for an erased one."""
    about_client: bool
    """Whether it is about a client."""
    recording_id: str | None


def trail_lines(
    entries: Iterable[AuditOut], me: str, staff: Mapping[str, str], clients: Mapping[str, str]
) -> list[Line]:
    """Return the entries, with names for those ids whose names the reader may know."""
    out = []
    for each in entries:
        kind, _, of = each.object_kind.partition(":")
        who = None if each.who_id is None else staff.get(each.who_id) or clients.get(each.who_id)
        is_mine = each.client_id in clients
        out.append(
            Line(
                at=each.created_at,
                who=who,
                who_kind=each.who_kind,
                mine=each.who_id == me and each.who_kind == "clinician",
                what=each.what.value,
                object_kind=kind,
                of=of,
                client_id=each.client_id if is_mine else None,
                client=clients.get(each.client_id or ""),
                about_client=each.client_id is not None,
                recording_id=each.object_id if kind in RECORDINGS and is_mine and each.what != "removed" else None,
            )
        )
    return out
