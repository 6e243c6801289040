"""Who needs the clinician, and why: from a few facts of each client, the most pressing first.

It orders work; it judges nobody. Each need says since when, and what was found against what.
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
"""Without a recording, a live session or a check-in for so long, a client with a plan is quiet. Design: a week, the
unit of a plan."""


@dataclass(frozen=True, slots=True)
class PainReport:
    """What a client said of one set. `said_at` is the last time it was changed: the next morning comes later."""

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
    """So many recordings, the first and the last of them."""

    count: int
    since: datetime
    newest_id: str


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """Of one client, out of the database.

    Parameters
    ----------
    usual_pain
        As the clinician has it; None takes the median of `first_pains`.
    first_pains
        Pain before the set of the first check-ins, as many as the rule asks for.
    pains
        The last check-ins, oldest first.
    unreviewed
        Analysed recordings newer than the newest one with a published review.
    refused
        Refused or failed recordings newer than the newest that was not.
    last_seen
        Last recording, live session or check-in.
    acted
        When the clinician last published a review or changed the plan: what was said before is dealt with.
    planned_since
        Since when there is something on the plan; None with nothing on it.
    ready_since
        Since when agreements and answers are there, so that a plan is of use; None while they are not.
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
    """The rise that matters."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A client and all their needs, the most pressing first."""

    client_id: str
    name: str
    needs: tuple[Need, ...]


def worklist(clients: Iterable[ClientFacts], now: datetime) -> list[Entry]:
    """Clients who need something: by their most pressing need, then the longest waiting."""
    entries = [Entry(one.client_id, one.name, tuple(needs(one, now))) for one in clients]
    wanting = [entry for entry in entries if entry.needs]
    return sorted(wanting, key=lambda entry: (ORDER.index(entry.needs[0].kind), entry.needs[0].since, entry.client_id))


def needs(one: ClientFacts, now: datetime) -> list[Need]:
    """What a client needs now, the most pressing first."""
    found = [_waiting(one), _pain_up(one), _stopped(one), _refused(one), _unreviewed(one), _link(one)]
    found += [_no_plan(one), _quiet(one, now)]
    return [each for each in found if each is not None]


def usual_pain(given: float | None, first: Sequence[int], rules: Rules) -> float | None:
    """What pain is compared with: the clinician's figure, else the median of the first check-ins once there are
    enough of them.
    """
    if given is not None:
        return given
    wanted = int(rules["baseline_check_ins"])
    return float(statistics.median(first[:wanted])) if len(first) >= wanted else None


def important_rise(usual: float, rules: Rules) -> float:
    """The smallest rise of pain that matters to people: the larger of the points and the share of the usual.

    The larger, as in a history: with a usual pain of 2, 30 % would be half a point, which nobody can tell.
    """
    return max(rules["pain_rise_points"], rules["pain_rise_share"] * usual)


def _waiting(one: ClientFacts) -> Need | None:
    if one.waiting is None:
        return None
    kind: NeedKind = "seek_care" if one.waiting.seek_care else "ask_clinician"
    text = "Answered a question in a way that a doctor should hear of soon; filming waits for your clearance."
    if not one.waiting.seek_care:
        text = "Answered a question that you should look at; filming waits for your clearance."
    return Need(kind, text, one.waiting.since, intake_id=one.waiting.intake_id)


def _pain_up(one: ClientFacts) -> Need | None:
    """Pain at rest of the last set that says something of it."""
    usual = usual_pain(one.usual_pain, one.first_pains, one.rules)
    if usual is None:
        return None
    for pain in reversed(one.pains):
        resting = max((value for value in (pain.before, pain.next_morning) if value is not None), default=None)
        if resting is None:
            continue
        least = important_rise(usual, one.rules)
        if resting - usual < least or _dealt_with(one, pain):
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


def _stopped(one: ClientFacts) -> Need | None:
    if not one.pains or not one.pains[-1].stopped_for_pain or _dealt_with(one, one.pains[-1]):
        return None
    last = one.pains[-1]
    return Need("stopped_for_pain", "Stopped the last set early for pain.", last.said_at, last.recording_id)


def _dealt_with(one: ClientFacts, pain: PainReport) -> bool:
    return one.acted is not None and one.acted >= pain.said_at


def _refused(one: ClientFacts) -> Need | None:
    if one.refused is None:
        return None
    some = one.refused
    which = "The last recording" if some.count == 1 else f"The last {some.count} recordings"
    text = f"{which} could not be used; a word on how to film may help."
    return Need("refused", text, some.since, recording_id=some.newest_id, count=some.count)


def _unreviewed(one: ClientFacts) -> Need | None:
    if one.unreviewed is None:
        return None
    some = one.unreviewed
    text = "One new recording" if some.count == 1 else f"{some.count} new recordings"
    text += " not reviewed yet."
    return Need("new_recordings", text, some.since, recording_id=some.newest_id, count=some.count)


def _link(one: ClientFacts) -> Need | None:
    if one.link_wanted is None:
        return None
    return Need("link_wanted", "Asked for a new link to come in.", one.link_wanted)


def _no_plan(one: ClientFacts) -> Need | None:
    if one.planned_since is not None or one.ready_since is None:
        return None
    return Need("no_plan", "Ready to begin, with nothing on the plan.", one.ready_since)


def _quiet(one: ClientFacts, now: datetime) -> Need | None:
    if one.planned_since is None or one.waiting is not None:
        return None
    since = one.planned_since if one.last_seen is None else max(one.planned_since, one.last_seen)
    days = (now - since) // timedelta(days=1)
    if days < QUIET_DAYS:
        return None
    return Need("quiet", f"No recording and no check-in for {days} days.", since, count=days)
