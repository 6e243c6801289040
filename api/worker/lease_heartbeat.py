"""Keep a lease while the work goes on: a thread that tells the database, and notices when it is heard no more."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Self

from sqlalchemy.exc import SQLAlchemyError

from api.core.clock import Now
from api.core.logs import get_logger
from api.db.engine import Sessions
from api.jobs import leases

TELL_EVERY_S = 1.0

_log = get_logger("api.worker.lease_heartbeat")


class LeaseHeartbeat:
    """Beats for one attempt from entering the block until leaving it.

    The lease counts as lost when the row says so, and also when the database was not heard of for as long as the lease
    lasts: somebody else may have the job by then.
    """

    def __init__(self, sessions: Sessions, held: leases.Claim, *, now: Now, lease_s: float) -> None:
        self._sessions = sessions
        self._held = held
        self._now = now
        self._lease_s = lease_s
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heart", daemon=True)
        self.progress = 0.0
        """0..1, set by whoever works."""
        self.lost = False
        """Whether the job is somebody else's by now."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        told, told_at = 0.0, time.monotonic()
        due_s = self._lease_s / 4
        while not self._over.wait(min(TELL_EVERY_S, due_s)):
            silent_s = time.monotonic() - told_at
            if silent_s < due_s and self.progress - told < 0.01:
                continue
            progress = self.progress
            try:
                held = leases.renew(
                    self._sessions, self._held, now=self._now(), lease_s=self._lease_s, progress=progress
                )
            except SQLAlchemyError as error:
                _log.warning("beat_failed", error=type(error).__name__)
                held = silent_s < self._lease_s
            else:
                told, told_at = progress, time.monotonic()
            if not held:
                self.lost = True
                return
