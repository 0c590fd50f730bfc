"""What tests of the built site share: a host of it, and somebody who reads."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import Server, Site, serving


@pytest.fixture(scope="module")
def host(site: Path) -> Iterator[Server]:
    with serving(partial(Site, directory=str(site))) as server:
        yield server


@pytest.fixture(scope="module")
def reader(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()
