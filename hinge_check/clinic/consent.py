"""Three separate consents about the client's video, their wording, and the effect of each withdrawal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, get_args

from hinge_check.assess.protocol_check import Problem, find_unknown
from hinge_check.clinic.content import ContentFile, Wording, find_missing_text, read_tables, wording

AgreementName = Literal["store_video", "show_to_clinician", "keep_beyond_30_days"]
AGREEMENTS: tuple[AgreementName, ...] = get_args(AgreementName)

KEPT_DAYS = 30
"""How long a video is kept without the third consent, days after it arrived."""


class Effect(StrEnum):
    """An effect of a withdrawal, for the service to carry out as the wording promises."""

    REFUSE_UPLOADS = "refuse_uploads"
    """No further video is accepted."""
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
"""Effects of withdrawing each agreement; they also hold as long as it was never given."""

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
    """The three agreements in order, in the words shown to a client."""

    title: str
    intro: str
    agreements: tuple[Agreement, ...]
    wording: Wording

    def agreement(self, name: AgreementName) -> Agreement:
        """Return an agreement by its name."""
        return self.agreements[AGREEMENTS.index(name)]


def load_consent(path: str | Path | None = None) -> Consent:
    """Return the bundled wording, or a clinic's own file; raises as `ContentFile.load`."""
    return _CONSENT.load(path)


def consent_from_text(text: str) -> Consent:
    """Return the consent from TOML text; raises as `ContentFile.from_text`."""
    return _CONSENT.from_text(text)


def may_upload(given: Mapping[AgreementName, bool]) -> bool:
    """Tell whether a video may be accepted: only the first agreement decides; one never asked for was not given."""
    return given.get("store_video", False)


def clinician_may_watch(given: Mapping[AgreementName, bool]) -> bool:
    """Tell whether the clinician may open videos and pictures made from them."""
    return may_upload(given) and given.get("show_to_clinician", False)


def delete_at(arrived_at: datetime, given: Mapping[AgreementName, bool]) -> datetime | None:
    """Return when a video is due for deletion: None while it may be kept, its arrival when it may not be stored."""
    if not may_upload(given):
        return arrived_at
    return None if given.get("keep_beyond_30_days", False) else arrived_at + timedelta(days=KEPT_DAYS)


def _build(document: Mapping[str, Any], text: str) -> Consent:
    given = document["agreements"]
    return Consent(
        title=document["title"],
        intro=document["intro"],
        agreements=tuple(Agreement(name, **given[name], needed_to_upload=name == "store_video") for name in AGREEMENTS),
        wording=wording(document, text),
    )


def _problems(document: Mapping[str, Any]) -> list[Problem]:
    out = find_unknown(document, (), ("version", "title", "intro", "agreements"))
    out += find_missing_text(document, (), ("version", "title", "intro"))
    agreements, problems = read_tables(document, "agreements", _KEYS, known=AGREEMENTS)
    out += problems
    for name in AGREEMENTS:
        if name in agreements:
            out += find_missing_text(agreements[name], ("agreements", name), _KEYS)
        else:
            out.append(Problem(("agreements",), f"missing [agreements.{name}]"))
    return out


_CONSENT = ContentFile("consent.toml", "consent", _problems, _build)
