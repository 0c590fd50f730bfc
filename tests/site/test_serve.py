"""The served site: after a save everything is as in a build of its own, and at once."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from mkdocs.utils.yaml import yaml_load

from tests.conftest import ROOT, write_site

USES = """
## Another section

```python
from litgrad import schedules

print(schedules.constant(0.5)(0))
```

<!--pytest-codeblocks:expected-output-->

```
0.5
```
"""


class Served:
    """A small site that is served from a folder, with a litgrad of its own."""

    def __init__(self, root: Path) -> None:
        self.root, self.log = root, root / "log"
        write_site(root)
        shutil.copytree(ROOT / "src", root / "src")
        for name in ("pyproject.toml", "README.md", "LICENSE"):  # its wheel is made of them, too
            shutil.copy(ROOT / name, root)
        settings = root / "mkdocs.yml"
        text = settings.read_text(encoding="utf-8")
        assert yaml_load(text)["watch"] == []
        settings.write_text(text.replace('"watch": []', '"watch": ["src"]'), encoding="utf-8")
        self.chapter = root / "docs/chapters/chapter.md"
        self.chapter.write_text(self.chapter.read_text("utf-8") + USES, encoding="utf-8")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.place = f"127.0.0.1:{free.getsockname()[1]}"

    def page(self, address: str) -> str:
        """A page as it is now, without what reloads it."""
        with urllib.request.urlopen(f"http://{self.place}/{address}", timeout=60) as answer:
            text: str = answer.read().decode()
        return text.partition("livereload(")[0]

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")


def until(promise: Callable[[], object], told: Callable[[], str]) -> None:
    """Wait for a promise, or fail with what is told meanwhile."""
    began = time.monotonic()
    while not promise():
        assert time.monotonic() - began < 120, told()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = Served(tmp_path_factory.mktemp("served"))
    command = [sys.executable, "-m", "mkdocs", "serve", "--no-strict", "--dev-addr", served.place]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(served.root / "src")}
    with (
        served.log.open("w", encoding="utf-8") as log,
        subprocess.Popen(command, cwd=served.root, env=environment, stderr=log) as server,
    ):
        until(lambda: "Serving on" in served.said() or server.poll(), served.said)
        yield served
        server.terminate()


def test_after_a_save_every_page_is_whole(served: Served) -> None:
    before = {name: served.page(name) for name in ("", "chapters/chapter/", "labs/lab/")}
    assert all("None" not in page for page in before.values())
    text = served.chapter.read_text(encoding="utf-8")
    served.chapter.write_text(text.replace("## One", "A new sentence.\n\n## One"), "utf-8")
    until(lambda: "A new sentence." in served.page("chapters/chapter/"), served.said)
    after = {name: served.page(name) for name in before}
    for name in ("", "labs/lab/"):
        assert after[name] == before[name]
    for words in ("Previous: A site", "Next: A lab"):
        assert words in after["chapters/chapter/"]
    index = served.page("search/search_index.json")
    assert "A new sentence" in index
    assert '"location":"labs/lab/"' in index
    assert served.said().count("Converting notebook") == 1


def test_after_a_change_of_litgrad_what_uses_it_is_proved_anew(served: Served) -> None:
    schedules = served.root / "src/litgrad/schedules.py"
    text = schedules.read_text(encoding="utf-8")
    schedules.write_text(f"{text}\n\ndef constant(rate):\n    return lambda step: 7\n", "utf-8")
    until(lambda: "the program prints\n7\nand the page says\n0.5" in served.said(), served.said)
    schedules.write_text(text, encoding="utf-8")
    built = served.said().count("Documentation built")
    until(lambda: served.said().count("Documentation built") > built, served.said)
    assert "0.5" in served.page("chapters/chapter/")
