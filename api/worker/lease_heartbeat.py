"""Keep a lease alive during the work: a thread that renews it and notices when it is lost."""

from __future__ import annotations

import threading
import time

from sqlalchemy.exc import SQLAlchemyError

from api.core.clock import Now
from api.core.logs import get_logger
from api.db.engine import Sessions
from api.jobs import leases
from hinge_check.background import BackgroundThread

RENEW_EVERY_S = 1.0

_log = get_logger("api.worker.lease_heartbeat")


class LeaseHeartbeat(BackgroundThread):
    """Renews the lease of one attempt until the block is left.

    The lease counts as lost when the row says so, and also when the database was unreachable for as long as the lease
    lasts: another worker may have the job by then.
    """

    def __init__(self, sessions: Sessions, claim: leases.Claim, *, now: Now, lease_s: float) -> None:
        super().__init__("lease-heartbeat")
        self._sessions = sessions
        self._claim = claim
        self._now = now
        self._lease_s = lease_s
        self._stopping = threading.Event()
        self.progress = 0.0
        """Share done, 0 to 1; set by the code that does the work."""
        self.lost = False
        """Whether the job may belong to another worker by now."""

    def request_stop(self) -> None:
        """Stop renewing the lease."""
        self._stopping.set()

    def run(self) -> None:
        """Renew the lease every quarter of its length, and sooner when there is progress to store."""
        stored, renewed_at = 0.0, time.monotonic()
        due_s = self._lease_s / 4
        while not self._stopping.wait(min(RENEW_EVERY_S, due_s)):
            silent_s = time.monotonic() - renewed_at
            if silent_s < due_s and self.progress - stored < 0.01:
                continue
            progress = self.progress
            try:
                is_held = leases.renew(
                    self._sessions, self._claim, now=self._now(), lease_s=self._lease_s, progress=progress
                )
            except SQLAlchemyError as error:
                _log.warning("beat_failed", error=type(error).__name__)
                is_held = silent_s < self._lease_s
            else:
                stored, renewed_at = progress, time.monotonic()
            if not is_held:
                self.lost = True
                return
