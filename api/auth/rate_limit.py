"""Rate limits, to slow down guessing. Counts live in the database, so that every process of the service shares them."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.core.problems import Problem, ServiceCode
from api.db import Throttle

_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RateLimit:
    """A number of tries at one thing within a time."""

    what: str
    who: str
    tries: int
    within: timedelta

    @property
    def key(self) -> str:
        """Return a key that distinguishes counts without revealing whose they are."""
        return hashlib.sha256(f"{self.what}\0{self.who}".encode()).hexdigest()


def hit(db: Session, limits: list[RateLimit], now: datetime) -> None:
    """Count a try before it is made, and refuse it when there were too many. Commits.

    Counting first means that many tries at the same instant cannot all pass.

    Raises
    ------
    Problem
        `too_many_requests` with Retry-After.
    """
    waits = []
    for limit in limits:
        tries, since = _count(db, limit, now)
        if tries > limit.tries:
            waits.append(since + limit.within - now)
    if waits:
        seconds = max(1, math.ceil(max(waits).total_seconds()))
        raise Problem(
            ServiceCode.TOO_MANY_REQUESTS,
            advice=f"Wait {_words(seconds)}, then try again.",
            headers={"Retry-After": str(seconds)},
        )


def refund(db: Session, limits: list[RateLimit]) -> None:
    """Take one try back from each limit, because it was not a guess. The caller commits."""
    keys = [limit.key for limit in limits]
    db.execute(update(Throttle).where(Throttle.key.in_(keys), Throttle.tries > 0).values(tries=Throttle.tries - 1))


def reset(db: Session, limits: list[RateLimit]) -> None:
    """Reset the counts to zero. The caller commits."""
    db.execute(delete(Throttle).where(Throttle.key.in_([limit.key for limit in limits])))


def _count(db: Session, limit: RateLimit, now: datetime) -> tuple[int, datetime]:
    same = Throttle.key == limit.key
    # A count from the future is one from before the clock was put back.
    running = (Throttle.since > now - limit.within) & (Throttle.since <= now)
    for _ in range(2):
        done = db.execute(update(Throttle).where(same, running).values(tries=Throttle.tries + 1))
        if not _rows(done):
            done = db.execute(update(Throttle).where(same, ~running).values(tries=1, since=now))
        if not _rows(done):
            db.execute(delete(Throttle).where(Throttle.since < now - _KEPT))
            db.add(Throttle(key=limit.key, tries=1, since=now))
        try:
            db.commit()
        except IntegrityError:  # another request was first
            db.rollback()
            continue
        row = db.execute(select(Throttle.tries, Throttle.since).where(same)).one_or_none()
        db.rollback()
        return (1, now) if row is None else (row.tries, row.since)
    return 1, now


def _rows(result: object) -> int:
    count: int = getattr(result, "rowcount")  # noqa: B009 - Result has it only for updates
    return count


def _words(seconds: int) -> str:
    return f"{seconds} seconds" if seconds < 120 else f"{math.ceil(seconds / 60)} minutes"
