"""Built sites to test: a small one that each test may break, and the real one."""

import contextlib
import http.server
import json
import os
import re
import shutil
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from mkdocs.utils.yaml import yaml_load
from playwright.sync_api import Browser, Error, sync_playwright

if sys.platform != "win32":  # there, the library is tested alone
    from browser import fetch
    from press import files
    from press.run.results import Book

ROOT = Path(__file__).parents[1]
PROGRAM = """\
```python
print(2 * 3)
```

<!--pytest-codeblocks:expected-output-->

```
6
```
"""
CHAPTER = f"""\
---
description: A small chapter.
---

# A chapter

## One section

See [the front page](../index.md), [this section](#one-section) and [the lab](../labs/lab.py).

{PROGRAM}
![A dot](../assets/dot.svg)

```python
import matplotlib.pyplot as plt
from litgrad import plots

plots.curves([1, 2, 3])
plt.show()
```

![A line that rises](figures/line.svg)
"""
LAB = """\
# ---
# description: A small lab.
# ---

# %% [markdown]
# # A lab
#
# The slope $2x$ of [a chapter](../chapters/chapter.md#one-section).

# %%
import matplotlib.pyplot as plt

lines = [1, 2, 3]
print(len(lines))

# %% alt="Two lines that rise, the second more than the first."
for slope in lines[:2]:
    plt.figure(label=f"slope {slope}").gca().plot([0, slope])
plt.show()

# %% [markdown]
# ## What it shows
#
# Lines.
"""
DOT = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="4"/></svg>\n'
STYLE = ".dot {\n  color: red;\n}\n"

HOUR = 3600
QUIET = "quic background-networking component-update sync gpu"
FLAGS = ["--no-sandbox", "--no-first-run", *(f"--disable-{name}" for name in QUIET.split(" "))]


def build(root: Path, target: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Build a site strictly, as make site does."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(target)]
    command += more
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, check=False
    )


@contextlib.contextmanager
def passing(*made_of: Path | str) -> Iterator[bool]:
    """Whether a test has passed before with all that it is made of; if not, remember if it does.

    litgrad, what is installed, and Python have a hand in every test.
    """
    told = [files.digest(part.read_bytes()) if isinstance(part, Path) else part for part in made_of]
    file = ROOT / ".cache/passed" / files.digest(json.dumps([Book(ROOT).state, *told]).encode())
    yield file.exists()
    files.write(file, b"")


def write_site(root: Path) -> None:
    """A small site with this one's settings."""
    settings = yaml_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    settings["nav"] = ["index.md", "chapters/chapter.md", "labs/lab.py"]
    settings["site_url"] = "http://127.0.0.1:8000/"
    settings["hooks"] = [str(ROOT / hook) for hook in settings["hooks"]]
    settings["theme"]["custom_dir"] = str(ROOT / "src/bindery/theme")
    settings["plugins"] = [p for p in settings["plugins"] if "mkdocstrings" not in p]
    settings["watch"] = []
    settings["extra_css"], settings["extra_javascript"] = ["assets/style.css"], []
    for name, text in {
        "mkdocs.yml": json.dumps(settings, indent=1),
        "docs/index.md": "---\ndescription: A small site.\n---\n\n# A site\n\nText.\n",
        "docs/chapters/chapter.md": CHAPTER,
        "docs/labs/lab.py": LAB,
        "docs/assets/dot.svg": DOT,
        "docs/assets/style.css": STYLE,
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small site."""
    root = tmp_path_factory.mktemp("small")
    write_site(root)
    return root


@pytest.fixture(scope="session")
def site() -> Path:
    """The real site, built once for all who test it, and anew when anything in it has changed."""
    sites = ROOT / ".cache/sites"
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    states = [files.state(ROOT / "docs"), files.state(ROOT / "src"), Book(ROOT).state, settings]
    target = sites / files.digest(json.dumps([*states, fetch.missing()]).encode())[:12]
    with files.locked(sites):  # another process may build it just now
        if not target.exists():
            for old in sites.glob("*"):  # but not one that others may test just now
                if time.time() - old.stat().st_mtime > HOUR:
                    shutil.rmtree(old)
            shutil.rmtree(sites / "draft", ignore_errors=True)
            done = build(ROOT, sites / "draft")
            assert done.returncode == 0, done.stderr
            (sites / "draft").rename(target)
    return target


class Server(socketserver.ThreadingTCPServer):
    """A server on this machine that remembers what was asked of it."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, handler: Callable[..., socketserver.BaseRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.asked: list[str] = []
        self.missing: set[str] = set()
        """Files that are not there for now."""
        self.address = f"http://127.0.0.1:{self.server_address[1]}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say what went wrong, but not that a browser has left."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Site(http.server.SimpleHTTPRequestHandler):
    """The site; `no-cache` makes a browser ask whether a file is still there."""

    protocol_version = "HTTP/1.1"
    server: Any

    def do_GET(self) -> None:
        name = self.path.partition("?")[0].rpartition("/")[2]
        self.server.asked.append(self.path)
        if name in self.server.missing:
            self.send_error(404)
        elif name == "sitemap.xml":  # by its addresses Material knows what it may swap
            built = Path(self.translate_path(name)).read_text(encoding="utf-8")
            here = re.sub(r"(?<=<loc>)https?://[^/]+/", self.server.address, built).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(here)))
            self.end_headers()
            self.wfile.write(here)
        else:
            super().do_GET()

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def serving(handler: Callable[..., socketserver.BaseRequestHandler]) -> Iterator[Server]:
    with Server(handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=next(found, None), args=FLAGS)
        except Error as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(f"no Chromium to test in: {error.message.splitlines()[0]}")
        yield browser
        browser.close()
