"""Clients who need the clinician, and why: from a few facts of each client, the most pressing first.

It orders work and judges no one. Each need states since when, and the value with its threshold.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from hinge_check.clinic.readiness_rules import Rules

NeedKind = Literal[
    "seek_care",
    "ask_clinician",
    "pain_up",
    "stopped_for_pain",
    "refused",
    "new_recordings",
    "link_wanted",
    "no_plan",
    "quiet",
]
ORDER: tuple[NeedKind, ...] = get_args(NeedKind)
"""The most pressing first."""

QUIET_DAYS = 7
"""A client with a plan is quiet after this long without a recording, a live session or a check-in. Design: a week, the
unit of a plan."""


@dataclass(frozen=True, slots=True)
class PainReport:
    """A client's pain around one set. `said_at` is its last change: the next morning is reported later."""

    when: datetime
    said_at: datetime
    before: int | None
    next_morning: int | None
    stopped_for_pain: bool
    recording_id: str | None = None


@dataclass(frozen=True, slots=True)
class PendingClearance:
    """Answers that wait for the clinician's clearance."""

    intake_id: str
    since: datetime
    seek_care: bool


@dataclass(frozen=True, slots=True)
class RecordingCount:
    """A number of recordings, with the first and the last of them."""

    count: int
    since: datetime
    newest_id: str


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """Facts of one client, from the database.

    Parameters
    ----------
    usual_pain
        As set by the clinician; None takes the median of `first_pains`.
    first_pains
        Pain before the set of the first check-ins, as many as the rule requires.
    pains
        The last check-ins, oldest first.
    unreviewed
        Analysed recordings newer than the newest one with a published review.
    refused
        Refused or failed recordings newer than the newest usable one.
    last_seen
        Last recording, live session or check-in.
    acted
        When the clinician last published a review or changed the plan: earlier reports are dealt with.
    planned_since
        Since when the plan has an exercise; None while it is empty.
    ready_since
        Since when agreements and answers are complete, so that a plan is useful; None while they are not.
    """

    client_id: str
    name: str
    rules: Rules
    waiting: PendingClearance | None = None
    usual_pain: float | None = None
    first_pains: tuple[int, ...] = ()
    pains: tuple[PainReport, ...] = ()
    unreviewed: RecordingCount | None = None
    refused: RecordingCount | None = None
    last_seen: datetime | None = None
    acted: datetime | None = None
    planned_since: datetime | None = None
    ready_since: datetime | None = None
    link_wanted: datetime | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """One reason to look at a client. Figures only where there are any."""

    kind: NeedKind
    text: str
    since: datetime
    recording_id: str | None = None
    intake_id: str | None = None
    count: int | None = None
    value: float | None = None
    usual: float | None = None
    least: float | None = None
    """Smallest rise that matters."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A client and all their needs, the most pressing first."""

    client_id: str
    name: str
    needs: tuple[Need, ...]


def worklist(clients: Iterable[ClientFacts], now: datetime) -> list[Entry]:
    """Return clients who need something: by their most pressing need, then the longest waiting."""
    entries = [Entry(client.client_id, client.name, tuple(needs(client, now))) for client in clients]
    wanting = [entry for entry in entries if entry.needs]
    return sorted(wanting, key=lambda entry: (ORDER.index(entry.needs[0].kind), entry.needs[0].since, entry.client_id))


def needs(client: ClientFacts, now: datetime) -> list[Need]:
    """Return what a client needs now, the most pressing first."""
    candidates = [
        _clearance_need(client),
        _pain_need(client),
        _stopped_need(client),
        _refused_need(client),
        _unreviewed_need(client),
        _link_need(client),
    ]
    candidates += [_plan_need(client), _quiet_need(client, now)]
    return [need for need in candidates if need is not None]


def usual_pain(stated: float | None, first: Sequence[int], rules: Rules) -> float | None:
    """Return the pain to compare with: the clinician's figure, else the median of enough first check-ins."""
    if stated is not None:
        return stated
    required = int(rules["baseline_check_ins"])
    return float(statistics.median(first[:required])) if len(first) >= required else None


def important_rise(usual: float, rules: Rules) -> float:
    """Return the smallest rise of pain that matters to people: the larger of the points and the share of the usual.

    The larger, as in a history: with a usual pain of 2, 30 % would be half a point, which no one can feel.
    """
    return max(rules["pain_rise_points"], rules["pain_rise_share"] * usual)


def _clearance_need(client: ClientFacts) -> Need | None:
    if client.waiting is None:
        return None
    kind: NeedKind = "seek_care" if client.waiting.seek_care else "ask_clinician"
    text = "Answered a question in a way that a doctor should hear of soon; filming waits for your clearance."
    if not client.waiting.seek_care:
        text = "Answered a question that you should look at; filming waits for your clearance."
    return Need(kind, text, client.waiting.since, intake_id=client.waiting.intake_id)


def _pain_need(client: ClientFacts) -> Need | None:
    """Return pain at rest of the last set that reports any."""
    usual = usual_pain(client.usual_pain, client.first_pains, client.rules)
    if usual is None:
        return None
    for pain in reversed(client.pains):
        resting = max((value for value in (pain.before, pain.next_morning) if value is not None), default=None)
        if resting is None:
            continue
        least = important_rise(usual, client.rules)
        if resting - usual < least or _is_dealt_with(client, pain):
            return None
        text = f"Pain {resting} of 10 at rest, usually {usual:g}; a rise of {least:g} or more matters."
        return Need(
            "pain_up",
            text,
            pain.said_at,
            recording_id=pain.recording_id,
            value=float(resting),
            usual=usual,
            least=least,
        )
    return None


def _stopped_need(client: ClientFacts) -> Need | None:
    if not client.pains or not client.pains[-1].stopped_for_pain or _is_dealt_with(client, client.pains[-1]):
        return None
    last = client.pains[-1]
    return Need("stopped_for_pain", "Stopped the last set early for pain.", last.said_at, last.recording_id)


def _is_dealt_with(client: ClientFacts, pain: PainReport) -> bool:
    return client.acted is not None and client.acted >= pain.said_at


def _refused_need(client: ClientFacts) -> Need | None:
    if client.refused is None:
        return None
    recordings = client.refused
    which = "The last recording" if recordings.count == 1 else f"The last {recordings.count} recordings"
    text = f"{which} could not be used; a word on how to film may help."
    return Need("refused", text, recordings.since, recording_id=recordings.newest_id, count=recordings.count)


def _unreviewed_need(client: ClientFacts) -> Need | None:
    if client.unreviewed is None:
        return None
    recordings = client.unreviewed
    text = "One new recording" if recordings.count == 1 else f"{recordings.count} new recordings"
    text += " not reviewed yet."
    return Need("new_recordings", text, recordings.since, recording_id=recordings.newest_id, count=recordings.count)


def _link_need(client: ClientFacts) -> Need | None:
    if client.link_wanted is None:
        return None
    return Need("link_wanted", "Asked for a new link to come in.", client.link_wanted)


def _plan_need(client: ClientFacts) -> Need | None:
    if client.planned_since is not None or client.ready_since is None:
        return None
    return Need("no_plan", "Ready to begin, with nothing on the plan.", client.ready_since)


def _quiet_need(client: ClientFacts, now: datetime) -> Need | None:
    if client.planned_since is None or client.waiting is not None:
        return None
    since = client.planned_since if client.last_seen is None else max(client.planned_since, client.last_seen)
    days = (now - since) // timedelta(days=1)
    if days < QUIET_DAYS:
        return None
    return Need("quiet", f"No recording and no check-in for {days} days.", since, count=days)
