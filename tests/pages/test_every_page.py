"""Every page as every role: a route without an entry here fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from fastapi.routing import iter_route_contexts

from api.app import create_app
from api.auth.crypto import Passwords
from api.http.deps import CSRF_HEADER, SAFE_METHODS
from api.settings import load_settings
from tests.api.clinic_fixture import PASSWORD, FakeClock, World, populate
from tests.api.databases import fresh_database
from tests.api.factories import SampleIds, create_sample_rows

SIGN_IN = "/sign-in"
HTML = {"Accept": "text/html"}


@dataclass(frozen=True)
class Page:
    """What each person gets: a status, or where they are redirected.

    `owned` pages name one client's things in their path: another clinic's clinician and another client get 404.
    """

    nobody: int | str = SIGN_IN
    client: int | str = 200
    clinician: int | str = 200
    owned: bool = False


CLIENTS = Page(clinician="/")
CLINICIANS = Page(client="/")
ANYONE = Page(nobody=200)

# Filled by those who build the pages: method, path template -> who gets what with a request without fields.
PAGES: dict[tuple[str, str], Page] = {
    ("GET", "/sign-in"): Page(nobody=200, client="/", clinician="/"),
    ("POST", "/sign-in"): Page(nobody=401, client=401, clinician=401),
    ("POST", "/sign-out"): Page(client=SIGN_IN, clinician=SIGN_IN),
    ("POST", "/preferences"): Page(nobody="/", client="/", clinician="/"),
    ("GET", "/static/{of}/{path:path}"): Page(nobody=404, client=404, clinician=404),
    ("GET", "/record"): CLIENTS,
    ("POST", "/record"): Page(client=415, clinician="/"),
    ("GET", "/record/refused"): CLIENTS,
    ("GET", "/recordings/{recording_id}/checkin"): Page(clinician="/", owned=True),
    ("POST", "/recordings/{recording_id}/checkin"): Page(
        client="/recordings/{recording_id}", clinician="/", owned=True
    ),
    ("GET", "/recordings/{recording_id}/waiting"): Page(client="/recordings/{recording_id}", clinician="/", owned=True),
    ("POST", "/recordings/{recording_id}/again"): Page(
        client="/recordings/{recording_id}/waiting", clinician="/", owned=True
    ),
    ("GET", "/recordings/{recording_id}"): Page(clinician="/review/{recording_id}", owned=True),
    ("GET", "/recordings/{recording_id}/chapters.vtt"): Page(owned=True),
    ("POST", "/recordings/{recording_id}/delete"): Page(client="/progress", clinician="/", owned=True),
    ("GET", "/"): Page(),
    ("GET", "/review/{recording_id}"): Page(client="/", owned=True),
    ("POST", "/review/{recording_id}/again"): Page(client="/", clinician="/review/{recording_id}", owned=True),
    ("POST", "/review/{recording_id}/save"): Page(client="/", clinician=422, owned=True),
    ("GET", "/review/{recording_id}/publish"): Page(client="/", owned=True),
    ("POST", "/review/{recording_id}/publish"): Page(client="/", clinician=422, owned=True),
    ("GET", "/compare"): Page(client="/", clinician=422),
    ("GET", "/manifest.webmanifest"): ANYONE,
    ("GET", "/join/{token}"): Page(nobody=404, client=404, clinician=404),
    ("POST", "/join/{token}"): Page(nobody=404, client=404, clinician=404),
    ("GET", "/new-link"): ANYONE,
    ("POST", "/new-link"): Page(nobody=422, client=422, clinician=422),
    ("GET", "/new-link/asked"): ANYONE,
    ("GET", "/agreements"): CLIENTS,
    ("POST", "/agreements"): Page(client=409, clinician="/"),
    ("GET", "/questions"): CLIENTS,
    ("POST", "/questions"): Page(client=422, clinician="/"),
    ("GET", "/questions/outcome"): CLIENTS,
    ("POST", "/morning"): Page(client=422, clinician="/"),
    ("POST", "/done"): Page(client=422, clinician="/"),
    ("GET", "/you"): CLIENTS,
    ("GET", "/you/agreements/{kind}"): CLIENTS,
    ("POST", "/you/agreements/{kind}/withdraw"): Page(client="/you", clinician="/"),
    ("POST", "/sign-out-everywhere"): Page(client=SIGN_IN, clinician=SIGN_IN),
    ("GET", "/progress"): CLIENTS,
    ("GET", "/about"): ANYONE,
    ("GET", "/live"): Page(),
    ("GET", "/clients"): CLINICIANS,
    ("POST", "/clients"): Page(client="/", clinician=422),
    ("GET", "/clients/{client_id}"): Page(client="/", owned=True),
    ("POST", "/clients/{client_id}/link"): Page(client="/", clinician=201, owned=True),
    ("POST", "/clients/{client_id}/details"): Page(client="/", clinician=422, owned=True),
    ("POST", "/clients/{client_id}/archive"): Page(client="/", clinician="/clients/{client_id}", owned=True),
    ("POST", "/clients/{client_id}/handover"): Page(client="/", clinician="/clients/{client_id}", owned=True),
    ("POST", "/clients/{client_id}/intake/{intake_id}/clearance"): Page(client="/", clinician=422, owned=True),
    ("GET", "/clients/{client_id}/readiness"): Page(client="/", owned=True),
    ("POST", "/clients/{client_id}/readiness"): Page(client="/", clinician="/clients/{client_id}", owned=True),
    ("GET", "/clients/{client_id}/plan"): Page(client="/", owned=True),
    ("POST", "/clients/{client_id}/plan"): Page(client="/", clinician=422, owned=True),
    ("POST", "/clients/{client_id}/plan/{plan_id}/end"): Page(
        client="/", clinician="/clients/{client_id}#plan", owned=True
    ),
    ("GET", "/clients/{client_id}/delete"): Page(client="/", owned=True),
    ("POST", "/clients/{client_id}/delete"): Page(client="/", clinician=422, owned=True),
    ("GET", "/clinic"): CLINICIANS,
    ("POST", "/clinic"): Page(client="/", clinician=422),
    ("POST", "/clinic/invitations"): Page(client="/", clinician=422),
    ("POST", "/clinic/invitations/{invitation_id}/withdraw"): Page(client="/", clinician="/clinic"),
    ("POST", "/clinic/checklist"): Page(client="/", clinician="/clinic"),
    ("GET", "/clinic/colleagues/{clinician_id}"): CLINICIANS,
    ("POST", "/clinic/colleagues/{clinician_id}"): Page(client="/", clinician=409),
    ("GET", "/clinic/protocols"): CLINICIANS,
    ("GET", "/clinic/protocols/{protocol}"): CLINICIANS,
    ("POST", "/clinic/protocols/{protocol}"): Page(client="/", clinician=422),
    ("GET", "/clinic/readiness"): CLINICIANS,
    ("POST", "/clinic/readiness"): Page(client="/", clinician=422),
    ("GET", "/clinic/texts/{content}"): CLINICIANS,
    ("POST", "/clinic/texts/{content}"): Page(client="/", clinician=409),
    ("GET", "/clinic/toml/{content}"): CLINICIANS,
    ("POST", "/clinic/toml/{content}"): Page(client="/", clinician=422),
    ("POST", "/clinic/shipped/{content}"): Page(client="/", clinician="/clinic/texts/ladder"),
    ("GET", "/clinic/tokens"): CLINICIANS,
    ("POST", "/clinic/tokens"): Page(client="/", clinician=422),
    ("POST", "/clinic/tokens/{token_id}/revoke"): Page(client="/", clinician="/clinic/tokens"),
    ("GET", "/clinic/keeping"): CLINICIANS,
    ("GET", "/clinic/trail"): CLINICIANS,
    ("GET", "/account"): CLINICIANS,
    ("POST", "/account/name"): Page(client="/", clinician=422),
    ("POST", "/account/password"): Page(client="/", clinician=422),
    ("GET", "/design"): CLINICIANS,
}


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, SampleIds]]:
    """Provide the people of tests/api/clinic_fixture.py and Carl's rows; pages that change something come last."""
    from pwdlib.hashers.argon2 import Argon2Hasher

    folder = tmp_path_factory.mktemp("walk")
    cheap = Passwords(Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1))
    with fresh_database(folder) as url:
        clock = FakeClock()
        app = create_app(
            load_settings(data=folder / "data", secret="a secret for the walk, 0123456789-abc", database_url=url),
            clock=clock,
        )
        app.state.passwords = cheap
        world = populate(app, cheap.hash(PASSWORD))
        yield world, create_sample_rows(world)
        world.close()
        app.state.wakeups.close()
        app.state.engine.dispose()


def routes() -> list[tuple[str, str]]:
    """Return method and path of everything outside of the JSON API."""
    app = create_app(load_settings({}, secret="a secret for the walk, 0123456789-abc"))
    found = [
        (method, str(each.path))
        for each in iter_route_contexts(app.routes)
        for method in sorted(getattr(each.original_route, "methods", None) or ())
        if not str(each.path).startswith(("/api/", "/healthz", "/readyz", "/metrics")) and method != "HEAD"
    ]
    app.state.wakeups.close()
    app.state.engine.dispose()
    return sorted(found, key=lambda route: (route[0] not in SAFE_METHODS, route[1].endswith("/delete"), route))


ROUTES = routes()


def test_every_page_has_an_entry() -> None:
    assert sorted(ROUTES) == sorted(PAGES)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route[0]} {route[1]}")
def test_each_person_gets_the_expected_page(walk: tuple[World, SampleIds], route: tuple[str, str]) -> None:
    world, things = walk
    expected = PAGES[route]
    method, path = route[0], fill_path(route[1], things)

    def gets(person: object, *, csrf: bool = True) -> int | str:
        browser = world.nobody() if person is None else world.as_(person)  # type: ignore[arg-type]
        if not csrf:
            del browser.headers[CSRF_HEADER]
        answer = browser.request(method, path, headers={"Accept": "text/html"}, follow_redirects=False)
        assert answer.status_code < 500
        return answer.headers["location"].partition("?")[0] if answer.status_code == 303 else answer.status_code

    assert gets(None) == expected.nobody
    assert gets(world.bea) == (404 if expected.owned and expected.client not in {"/", SIGN_IN} else expected.client)
    if expected.owned:
        others = 404 if expected.clinician not in {"/", SIGN_IN} else expected.clinician
        assert gets(world.bo) == others
        assert gets(world.abe) == others
    if method not in SAFE_METHODS:
        for person in (world.carl, world.ann):
            assert gets(person, csrf=False) == 403
    assert gets(world.carl) == (fill_path(there, things) if isinstance(there := expected.client, str) else there)
    assert gets(world.ann) == (fill_path(there, things) if isinstance(there := expected.clinician, str) else there)


def fill_path(path: str, things: SampleIds) -> str:
    """Return the path with Carl's ids."""
    for name, value in vars(things).items():
        if isinstance(value, str):
            path = path.replace(f"{{{name}}}", value)
    path = path.replace("{kind}", "show_to_clinician")
    path = path.replace("{protocol}", "rdl").replace("{content}", "ladder")
    return path.replace("{of}", "x").replace("{path:path}", "nothing.js").replace("{token}", "x" * 40)
