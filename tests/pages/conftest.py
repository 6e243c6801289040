"""One service for all tests of the pages: real server, real worker, the sample clips analysed once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.api.databases import fresh_database
from tests.api.server import running_server
from tests.pages.browser import Visit, chromium, visit
from tests.pages.live_server import Site, create_site


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Provide the running service and its people."""
    folder = tmp_path_factory.mktemp("site")
    with fresh_database(folder) as url, running_server(folder, HINGE_DATABASE_URL=url) as server:
        yield create_site(server)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Provide Chromium; closed before other files are run, since its event loop would be in their way."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def come(site: Site, browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Provide `come(person, size=DESK, language="de")`: a person's browser, None for a stranger; checked at the end."""
    visits: list[Visit] = []

    def comes(person: object = None, **options: object) -> Visit:
        token = None if person is None else site.token_of(person)  # type: ignore[arg-type]
        visits.append(visit(browser, site.server.url, token=token, **options))  # type: ignore[arg-type]
        return visits[-1]

    yield comes
    for each in visits:
        each.close()
