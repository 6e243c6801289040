"""Secrets: passwords, tokens, signed links, CSRF. Independent of HTTP and SQL."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading

from itsdangerous import BadData, BadSignature, SignatureExpired, URLSafeSerializer, URLSafeTimedSerializer
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from api.core.problems import Problem, ServiceCode

TOKEN_PREFIX = "hct_"
_LINK_SALT = "hinge-check invitation"
_MEDIA_SALT = "hinge-check media"


class Passwords:
    """Hash and check passwords with argon2id, few at a time.

    A hash takes 64 MiB and a tenth of a second on purpose. Without a bound, a handful of callers could use up the
    memory of the machine and every thread that answers requests.
    """

    def __init__(self, hasher: Argon2Hasher | None = None, *, at_once: int = 2, waiting: int = 8) -> None:
        self._hasher = PasswordHash((Argon2Hasher(parallelism=1) if hasher is None else hasher,))
        self._running = threading.BoundedSemaphore(at_once)
        self._queue = threading.BoundedSemaphore(at_once + waiting)
        self._decoy = ""

    def hash(self, password: str) -> str:
        """Return the hash to store.

        Raises
        ------
        Problem
            `too_many_requests` when too many wait.
        """
        with _Place(self._queue), self._running:
            return self._hasher.hash(password)

    def verify(self, password: str, password_hash: str | None) -> bool:
        """Tell whether the password is the one that was hashed; takes as long without a hash (None) as with one.

        Raises
        ------
        Problem
            `too_many_requests` when too many wait.
        """
        with _Place(self._queue), self._running:
            # Made at the first call, so that the application starts without waiting for it.
            self._decoy = self._decoy or self._hasher.hash(secrets.token_urlsafe(16))
            matches = self._hasher.verify(password, self._decoy if password_hash is None else password_hash)
        return matches and password_hash is not None


class _Place:
    """A place in the queue of callers; entering raises when the queue is full."""

    def __init__(self, queue: threading.BoundedSemaphore) -> None:
        self._queue = queue

    def __enter__(self) -> None:
        if not self._queue.acquire(blocking=False):
            raise Problem(ServiceCode.TOO_MANY_REQUESTS, headers={"Retry-After": "2"})

    def __exit__(self, *what: object) -> None:
        self._queue.release()


def new_token() -> str:
    """Return 256 random bits as text."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """Return the form in which a token is stored: its SHA-256 in hexadecimal digits."""
    return hashlib.sha256(token.encode()).hexdigest()


def csrf_token(key: str, session_hash: str) -> str:
    """Return the CSRF token of a session: known only to those who may read our answers."""
    return hmac.new(key.encode(), b"csrf\0" + session_hash.encode(), hashlib.sha256).hexdigest()


def constant_time_equal(one: str, other: str) -> bool:
    """Tell whether two secrets are equal, in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


def sign_link(key: str, invitation_id: str) -> str:
    """Return a new token for a link: it names the invitation, is random, and is signed."""
    return str(URLSafeSerializer(key, salt=_LINK_SALT).dumps([invitation_id, secrets.token_urlsafe(16)]))


def read_link(key: str, token: str) -> str:
    """Return the invitation's id from a link's token.

    Raises
    ------
    Problem
        `link_invalid` when it was altered or cut short.
    """
    try:
        invitation_id, _ = URLSafeSerializer(key, salt=_LINK_SALT).loads(token)
    except (BadData, ValueError, TypeError):
        raise Problem(ServiceCode.LINK_INVALID) from None
    return str(invitation_id)


def sign_media(key: str, resource: str) -> str:
    """Return a token that lets its holder read one resource (such as `analysis/ID/annotated`) for a short while."""
    return str(URLSafeTimedSerializer(key, salt=_MEDIA_SALT).dumps(resource))


def check_media(key: str, token: str, resource: str, max_age_s: float) -> None:
    """Refuse a media token that is altered, for another resource, or too old.

    Raises
    ------
    Problem
        `link_invalid` or `link_expired`.
    """
    try:
        named = URLSafeTimedSerializer(key, salt=_MEDIA_SALT).loads(token, max_age=int(max_age_s))
    except SignatureExpired:
        raise Problem(ServiceCode.LINK_EXPIRED) from None
    except (BadSignature, BadData):
        raise Problem(ServiceCode.LINK_INVALID) from None
    if not isinstance(named, str) or not constant_time_equal(named, resource):
        raise Problem(ServiceCode.LINK_INVALID)
