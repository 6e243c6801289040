"""`/progress`: trends of the figures, which changes exceed the error, and every recording."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.auth.access import visible_recordings
from api.care.client_history import read_history
from api.db import Recording, Review, ReviewState
from api.db.clinic import clinic_timezone
from api.db.pagination import Paging
from api.http.deps import Db
from api.pages.form_fields import TrailHere
from api.pages.messages import code_messages
from api.pages.page_deps import ClientHere
from api.pages.progress.trends import exercises, trends
from api.pages.render import render, translator_for
from hinge_check.assess.protocol import list_protocols
from hinge_check.clinic.history import History
from hinge_check.format import Z95, with_error

router = APIRouter()

A_PAGE = 20


@router.get("/progress")
def progress_page(
    request: Request,
    me: ClientHere,
    db: Db,
    trail: TrailHere,
    exercise: Annotated[str, Query(max_length=64)] = "",
    after: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """Show charts of one exercise (live sessions included), the check-ins of all exercises, and the recordings."""
    t = translator_for(request)
    history = read_history(db, me, trail, me.id)
    known = exercises(history)
    chosen = exercise if exercise in known else next(iter(known), None)
    rows, older = Paging(A_PAGE, after).rows(db, visible_recordings(me))
    bundled = dict(list_protocols())

    def title_of(protocol: str) -> str:
        return code_messages.protocol_title(t, protocol, bundled.get(protocol, protocol))

    return render(
        request,
        "progress/progress.html",
        me=me,
        zone=clinic_timezone(db, me.clinic_id).key,
        trends=trends(history, chosen),
        exercises=known,
        chosen=chosen,
        title_of=title_of,
        recordings=rows,
        older=older,
        later=after is not None,
        scores=_scores(history),
        spoken=_find_reviewed(db, rows),
    )


def _scores(history: History) -> dict[str, str]:
    """Return the score with its error, by recording."""
    return {
        each.recording_id: with_error(each.value, None if each.half_width is None else each.half_width / Z95, "")
        for each in history.of("score").points
    }


def _find_reviewed(db: Session, rows: Sequence[Recording]) -> set[str]:
    """Return the recordings with a published review."""
    of = Review.recording_id.in_([each.id for each in rows])
    return set(db.scalars(select(Review.recording_id).where(of, Review.state == ReviewState.PUBLISHED)))
