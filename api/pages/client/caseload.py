"""The list of a clinician's clients: what is on each plan, when they were last active, what they need."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from api.auth.access import visible_clients
from api.care.clinic_content import ladder_of
from api.care.worklist import client_facts
from api.db import Client, Plan
from api.http.deps import Principal
from api.pages.messages import code_messages
from api.pages.translations import Translator
from api.pages.worklist.rows import NeedItem, need_item
from hinge_check.clinic.worklist import needs

Show = Literal["all", "needing", "archived"]

MOST: Final = 300
"""Clients shown at once; a search finds the others."""


@dataclass(frozen=True, slots=True)
class Row:
    """One client."""

    client: Client
    steps: tuple[str, ...]
    """Titles of the exercises on the plan."""
    last_seen: datetime | None
    """Last recording or check-in; None for an archived client, and where there is none."""
    needs: tuple[NeedItem, ...]


@dataclass(frozen=True, slots=True)
class Caseload:
    """Some of the clients, and how many there are of each kind."""

    rows: tuple[Row, ...]
    counts: dict[Show, int]
    more: bool


def load_caseload(db: Session, me: Principal, t: Translator, now: datetime, *, show: Show, q: str) -> Caseload:
    """Return the clients whose name or e-mail address contains `q`, sorted by name."""
    facts = {each.client_id: each for each in client_facts(db, me)}
    needs_of = {
        client_id: tuple(need_item(client_id, need) for need in needs(one, now)) for client_id, one in facts.items()
    }
    archived = visible_clients(me).where(Client.archived_at.is_not(None)).subquery()
    query = visible_clients(me).where(
        Client.archived_at.is_not(None) if show == "archived" else Client.archived_at.is_(None)
    )
    if q:
        query = query.where(or_(Client.name.icontains(q, autoescape=True), Client.email.icontains(q, autoescape=True)))
    rows = [each for each in db.scalars(query) if show != "needing" or needs_of[each.id]]
    rows.sort(key=lambda each: (each.name.casefold(), each.id))
    titles = _titles_by_client(db, me, t)
    return Caseload(
        rows=tuple(
            Row(
                client=each,
                steps=tuple(titles.get(each.id, ())),
                last_seen=facts[each.id].last_seen if each.id in facts else None,
                needs=needs_of.get(each.id, ()),
            )
            for each in rows[:MOST]
        ),
        counts={
            "all": len(facts),
            "needing": sum(map(bool, needs_of.values())),
            "archived": db.scalar(select(func.count()).select_from(archived)) or 0,
        },
        more=len(rows) > MOST,
    )


def _titles_by_client(db: Session, me: Principal, t: Translator) -> dict[str, list[str]]:
    """Return the titles on the plan by client, the newest plan first."""
    titles = {
        step.name: code_messages.step_title(t, step.name, step.title) for step in ladder_of(db, me.clinic_id).steps
    }
    mine = visible_clients(me).with_only_columns(Client.id).subquery()
    now = select(Plan.client_id, Plan.step).where(
        Plan.client_id.in_(select(mine.c.id)), Plan.superseded_at.is_(None), Plan.ended_at.is_(None)
    )
    out: dict[str, list[str]] = defaultdict(list)
    for row in db.execute(now.order_by(Plan.created_at.desc(), Plan.id)):
        out[row.client_id].append(titles.get(row.step, row.step.replace("_", " ")))
    return out
