"""Programs in the page of a stock Firefox, which playwright cannot drive and puppeteer can."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT, Server

PACKAGES = ROOT / "tests/site/node_modules"


@pytest.mark.slow
def test_programs_run_are_edited_stopped_and_checked_in_firefox(
    server: Server, record_property: Callable[[str, object], None]
) -> None:
    firefox = shutil.which("firefox") or shutil.which("firefox-esr") or ""
    needed = {"node": shutil.which("node"), "firefox": firefox, "make check": PACKAGES.is_dir()}
    if missing := [name for name, is_there in needed.items() if not is_there]:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"missing: {', '.join(missing)}")
    script = str(Path(__file__).with_name("firefox.mjs"))
    command = ["node", script, firefox, server.address]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    record_property("Firefox", done.stdout.strip())
