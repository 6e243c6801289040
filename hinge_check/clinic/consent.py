"""Three separate agreements about the client's video, their wording, and what each withdrawal does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, get_args

from hinge_check.assess.protocol_check import Problem, find_unknown
from hinge_check.clinic.content import Kind, Wording, find_not_text, tables, wording

AgreementName = Literal["store_video", "show_to_clinician", "keep_beyond_30_days"]
AGREEMENTS: tuple[AgreementName, ...] = get_args(AgreementName)

KEPT_DAYS = 30
"""How long a video is kept without the third agreement, days after it arrived."""


class Effect(StrEnum):
    """What a withdrawal does: for the service to carry out, as the words of the file promise."""

    REFUSE_UPLOADS = "refuse_uploads"
    """No further video is taken."""
    DELETE_VIDEOS = "delete_videos"
    """Videos are deleted at once, with every picture and video made from them; figures stay."""
    HIDE_VIDEOS = "hide_videos"
    """The clinician can open neither videos nor pictures made from them; figures stay."""
    DELETE_AFTER_30_DAYS = "delete_after_30_days"
    """Videos and what is drawn from them are deleted when `KEPT_DAYS` old; older ones at the next daily run."""


EFFECTS: Mapping[AgreementName, tuple[Effect, ...]] = {
    "store_video": (Effect.REFUSE_UPLOADS, Effect.DELETE_VIDEOS),
    "show_to_clinician": (Effect.HIDE_VIDEOS,),
    "keep_beyond_30_days": (Effect.DELETE_AFTER_30_DAYS,),
}
"""By agreement, what its withdrawal does; also what holds as long as it was never given."""

_KEYS = ("title", "text", "withdrawal")


@dataclass(frozen=True, slots=True)
class Agreement:
    """One thing a client may agree to; `withdrawal` says what taking it back does."""

    name: AgreementName
    title: str
    text: str
    withdrawal: str
    needed_to_upload: bool


@dataclass(frozen=True, slots=True)
class Consent:
    """The three agreements in order, in the words a client is shown."""

    title: str
    intro: str
    agreements: tuple[Agreement, ...]
    wording: Wording

    def agreement(self, name: AgreementName) -> Agreement:
        """One of them."""
        return self.agreements[AGREEMENTS.index(name)]


def load_consent(path: str | Path | None = None) -> Consent:
    """The bundled wording, or a clinic's own file; raises as `Kind.load`."""
    return _CONSENT.load(path)


def consent_from_text(text: str) -> Consent:
    """Consent from TOML text; raises as `Kind.from_text`."""
    return _CONSENT.from_text(text)


def may_upload(given: Mapping[AgreementName, bool]) -> bool:
    """Whether a video may be taken: the first agreement alone decides. What was never asked was not given."""
    return given.get("store_video", False)


def clinician_may_watch(given: Mapping[AgreementName, bool]) -> bool:
    """Whether the clinician may open videos and pictures made from them."""
    return may_upload(given) and given.get("show_to_clinician", False)


def delete_at(arrived_at: datetime, given: Mapping[AgreementName, bool]) -> datetime | None:
    """When a video is due for deletion; None while it may be kept. The moment it arrived when it may not be stored."""
    if not may_upload(given):
        return arrived_at
    return None if given.get("keep_beyond_30_days", False) else arrived_at + timedelta(days=KEPT_DAYS)


def _made(document: Mapping[str, Any], text: str) -> Consent:
    given = document["agreements"]
    return Consent(
        title=document["title"],
        intro=document["intro"],
        agreements=tuple(Agreement(name, **given[name], needed_to_upload=name == "store_video") for name in AGREEMENTS),
        wording=wording(document, text),
    )


def _problems(document: Mapping[str, Any]) -> list[Problem]:
    out = find_unknown(document, (), ("version", "title", "intro", "agreements"))
    out += find_not_text(document, (), ("version", "title", "intro"))
    agreements, found = tables(document, "agreements", _KEYS, known=AGREEMENTS)
    out += found
    for name in AGREEMENTS:
        if name in agreements:
            out += find_not_text(agreements[name], ("agreements", name), _KEYS)
        else:
            out.append(Problem(("agreements",), f"missing [agreements.{name}]"))
    return out


_CONSENT = Kind("consent.toml", "consent", _problems, _made)
