"""Sign in, sign out, sign out everywhere; passwords, throttling, CSRF, expiry of sessions."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from api.auth.crypto import Passwords
from api.auth.sign_in_sessions import SESSION_COOKIE
from api.db import Clinician, Session as SignIn
from api.http.deps import CSRF_HEADER
from tests.api.clinic_fixture import PASSWORD, FakeClock, World, sessions_of

SESSION = "/api/v1/session"
ME = "/api/v1/me"


def form(email: str = "ann@example.com", password: str = PASSWORD) -> dict[str, str]:
    return {"email": email, "password": password}


def test_a_clinician_signs_in_and_out(world: World) -> None:
    browser = world.nobody()
    answer = browser.post(SESSION, json=form("  Ann@Example.com ".strip()))
    assert answer.status_code == 200
    me = answer.json()
    assert (me["role"], me["name"], me["clinic"]["name"]) == ("clinician", "Ann", "Here")
    assert browser.get(ME).json() == me
    refused = browser.delete(SESSION)
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf")
    assert browser.delete(SESSION, headers={CSRF_HEADER: me["csrf_token"]}).status_code == 204
    assert browser.get(ME).status_code == 401
    assert sessions_of(world, world.ann) == 0


def test_scripts_cannot_read_the_session_cookie(world: World) -> None:
    cookies = world.nobody().post(SESSION, json=form()).headers.get_list("set-cookie")
    session = next(c for c in cookies if c.startswith(SESSION_COOKIE)).lower()
    assert "httponly" in session
    assert "samesite=lax" in session
    assert "secure" not in session  # plain http on this machine
    world.app.state.settings = world.settings.model_copy(update={"public_url": "https://clinic.example.com"})
    cookies = world.nobody().post(SESSION, json=form()).headers.get_list("set-cookie")
    assert all("secure" in cookie.lower() for cookie in cookies)


def test_only_a_digest_of_the_session_is_stored(world: World) -> None:
    browser = world.nobody()
    browser.post(SESSION, json=form())
    with world.db() as db:
        kept = db.scalars(select(SignIn.token_hash)).all()
    assert browser.cookies[SESSION_COOKIE] not in kept


@pytest.mark.parametrize(
    ("email", "password"),
    [("ann@example.com", "wrong"), ("nobody@example.com", PASSWORD), ("ann@example.com", PASSWORD + " ")],
)
def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(world: World, email: str, password: str) -> None:
    answer = world.nobody().post(SESSION, json=form(email, password))
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "The e-mail address or the password is not right."
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


def test_an_unknown_address_costs_a_hash_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str | None] = []
    right = Passwords.verify

    def spied(self: Passwords, password: str, kept: str | None) -> bool:
        asked.append(kept)
        return right(self, password, kept)

    monkeypatch.setattr(Passwords, "verify", spied)
    world.nobody().post(SESSION, json=form("nobody@example.com"))
    assert asked == [None]


def test_guessing_is_throttled_then_allowed_again(world: World, clock: FakeClock) -> None:
    browser = world.nobody()
    for _ in range(world.settings.sign_in_failures):
        assert browser.post(SESSION, json=form(password="wrong")).status_code == 401
    answer = browser.post(SESSION, json=form())  # even with the right one
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
    assert 0 < int(answer.headers["retry-after"]) <= 15 * 60
    clock.move(seconds=int(answer.headers["retry-after"]))
    assert browser.post(SESSION, json=form()).status_code == 200


def test_a_right_password_clears_earlier_failures(world: World) -> None:
    browser = world.nobody()
    for _ in range(3):
        for _ in range(world.settings.sign_in_failures - 1):
            assert browser.post(SESSION, json=form(password="wrong")).status_code == 401
        assert browser.post(SESSION, json=form()).status_code == 200


def test_simultaneous_guesses_are_all_counted(world: World) -> None:
    with ThreadPoolExecutor(6) as pool:
        guesses = [pool.submit(world.nobody().post, SESSION, json=form(password=f"guess {i}")) for i in range(18)]
        codes = sorted(guess.result().status_code for guess in guesses)
    assert codes.count(401) <= world.settings.sign_in_failures
    assert set(codes) <= {401, 429, 503}


def test_a_clock_set_back_locks_nobody_out(world: World, clock: FakeClock) -> None:
    browser = world.nobody()
    for _ in range(world.settings.sign_in_failures + 1):
        browser.post(SESSION, json=form(password="wrong"))
    clock.move(days=-3)
    assert browser.post(SESSION, json=form()).status_code == 200


def test_sign_out_everywhere(world: World) -> None:
    here, there, carl = world.as_(world.ann), world.as_(world.ann), world.as_(world.carl)
    assert here.delete("/api/v1/sessions").status_code == 204
    assert here.get(ME).status_code == there.get(ME).status_code == 401
    assert carl.get(ME).status_code == 200


def test_a_new_password_ends_the_other_sessions(world: World) -> None:
    here, there = world.as_(world.ann), world.as_(world.ann)
    change = {"current": PASSWORD, "new": "a wholly other one"}
    assert here.put("/api/v1/me/password", json={**change, "current": "wrong"}).status_code == 403
    assert here.put("/api/v1/me/password", json={**change, "new": "short"}).status_code == 422
    assert here.put("/api/v1/me/password", json=change).status_code == 204
    assert (here.get(ME).status_code, there.get(ME).status_code) == (200, 401)
    assert world.nobody().post(SESSION, json=form()).status_code == 401
    assert world.nobody().post(SESSION, json=form(password="a wholly other one")).status_code == 200


def test_sessions_expire(world: World, clock: FakeClock) -> None:
    ann, carl = world.as_(world.ann), world.as_(world.carl)
    clock.move(days=world.settings.session_days, seconds=1)
    assert (ann.get(ME).status_code, carl.get(ME).status_code) == (401, 200)
    clock.move(days=world.settings.client_session_days)
    assert carl.get(ME).status_code == 401


def test_a_disabled_clinician_is_signed_out_at_once(world: World, clock: FakeClock) -> None:
    browser, program = world.as_(world.ann), world.with_token(world.ann, "read")
    with world.db() as db:
        db.get_one(Clinician, world.ann.id).disabled_at = clock()
        db.commit()
    assert browser.get(ME).status_code == program.get(ME).status_code == 401
    assert world.nobody().post(SESSION, json=form()).status_code == 401


def test_changes_need_the_csrf_token_of_the_same_session(world: World) -> None:
    mine, other = world.as_(world.ann), world.as_(world.ann)
    for token in ("", "x", other.headers[CSRF_HEADER]):
        answer = mine.patch(ME, json={"name": "Anna"}, headers={CSRF_HEADER: token})
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf")
    assert mine.patch(ME, json={"name": "Anna"}).json()["name"] == "Anna"


@pytest.mark.parametrize("path", [SESSION, "/api/v1/links/client", "/api/v1/links/renewals"])
def test_a_page_of_another_site_cannot_sign_in(world: World, path: str) -> None:
    answer = world.nobody().post(path, json=form(), headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")
    # A plain form of another page cannot send JSON.
    plain = world.nobody().post(path, content=b"{}", headers={"Content-Type": "text/plain"})
    assert plain.status_code == 422


@pytest.mark.parametrize("value", ["", "x", "hct_" + "x" * 43, "a" * 5000, "../../etc", "'; DROP TABLE session;--"])
def test_invented_cookies_and_tokens_are_refused(world: World, value: str) -> None:
    browser = world.nobody()
    assert browser.get(ME, headers={"Cookie": f"{SESSION_COOKIE}={value}"}).status_code == 401
    assert browser.get(ME, headers={"Authorization": f"Bearer {value}"}).status_code == 401
    assert browser.get(ME, headers={"Authorization": value}).status_code == 401


def test_a_wrong_token_is_refused_despite_a_valid_cookie(world: World) -> None:
    assert world.as_(world.ann).get(ME, headers={"Authorization": "Bearer hct_no"}).status_code == 401


def test_a_flood_of_sign_ins_is_refused_not_queued(world: World) -> None:
    passwords = Passwords(at_once=1, waiting=0)
    passwords._queue.acquire()  # a password is being checked
    world.app.state.passwords = passwords
    answer = world.nobody().post(SESSION, json=form())
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")
