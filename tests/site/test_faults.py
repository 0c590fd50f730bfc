"""Every fault of a site that the strict build must refuse, planted in a small one."""

import logging
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort, BuildError

from press.run import ENVIRONMENT

CHAPTER, LAB, STYLE, MKDOCS = (
    "docs/chapters/chapter.md",
    "docs/labs/lab.py",
    "docs/assets/style.css",
    "mkdocs.yml",
)
FOREIGN = "https://example.org"
FAULTS = {
    "a dead link": (CHAPTER, "../index.md", "../away.md", "chapter.md' contains a link '../away"),
    "a dead anchor": (CHAPTER, "(#one-section)", "(#two)", "no such anchor on this page"),
    "a dead anchor elsewhere": (LAB, "md#one-section", "md#two", "not contain an anchor '#two'"),
    "a page outside of the navigation": (MKDOCS, ',\n  "labs/lab.py"', "", 'included in the "nav"'),
    "a page that is not there": (MKDOCS, '"index.md",', '"index.md", "away.md",', "away.md"),
    "no description": (CHAPTER, "description:", "title:", f"{CHAPTER}:1: the front matter"),
    "no description of a lab": (LAB, "# description:", "# title:", f"{LAB}:1: the front matter"),
    "a foreign image": (CHAPTER, "../assets/dot.svg", f"{FOREIGN}/x.png", f"{CHAPTER}:21: "),
    "a foreign script": (
        CHAPTER,
        "## One",
        f'<script src="{FOREIGN}/x.js"></script>\n\n## One',
        f"{CHAPTER}:7: ",
    ),
    "a foreign script for all pages": (
        MKDOCS,
        '"extra_javascript": []',
        f'"extra_javascript": ["{FOREIGN}/x.js"]',
        "mkdocs.yml:",
    ),
    "a foreign style": (MKDOCS, '"assets/style.css"', f'"{FOREIGN}/x.css"', "mkdocs.yml:"),
    "a foreign font": (STYLE, "color: red", f"src: url('{FOREIGN}/x.woff2')", f"{STYLE}:2: "),
    "a program that fails": (CHAPTER, "2 * 3", "2 * 3 / 0", f"{CHAPTER}:12: ZeroDivisionError"),
    "a lab that fails": (LAB, "print(len(lines))", "1 / 0", f"{LAB}:14: ZeroDivisionError"),
    "a lab that warns": (
        LAB,
        "print(len(lines))",
        "import warnings\nwarnings.warn('old')",
        f"{LAB}:15: the cell warns",
    ),
    "a figure of a lab without alt text": (
        LAB,
        '# %% alt="Two lines that rise, the second more than the first."',
        "# %%",
        f"{LAB}:16: this cell draws",
    ),
    "an alt text without a figure": (LAB, "# %%\nimport", '# %% alt="x"\nimport', f"{LAB}:10: "),
    "unknown LaTeX in a lab": (LAB, "$2x$", "$\\slope$", f"{LAB}:8: unknown LaTeX"),
    "a number from nowhere in a lab": (LAB, "# Lines.", "# Is 3.14.", f"{LAB}:24: no program"),
    "cells without a blank line between": (LAB, "(len(lines))\n", "(3)", f"{LAB}:15: a blank"),
}


Refused = Callable[[], str]


@pytest.fixture
def refused(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> Refused:
    """Build the small site, strictly; what is wrong with it."""
    monkeypatch.chdir(small)
    monkeypatch.setenv("NO_MKDOCS_2_WARNING", "1")
    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_PATH", "SOURCE_DATE_EPOCH", *ENVIRONMENT):
        monkeypatch.setenv(name, os.environ.get(name, "0"))  # what a build sets is undone

    def refused() -> str:
        config = load_config("mkdocs.yml", site_dir=str(tmp_path / "site"), strict=True)
        with caplog.at_level(logging.WARNING, "mkdocs"):
            config.plugins.on_startup(command="build", dirty=False)
            try:
                build(config)
            except (Abort, BuildError) as error:
                return f"{caplog.text}{error}"
            finally:
                config.plugins.on_shutdown()
        assert caplog.text == ""
        return ""

    return refused


def test_a_good_site_passes(refused: Refused) -> None:
    assert refused() == ""


@pytest.mark.parametrize(("file", "old", "new", "words"), FAULTS.values(), ids=FAULTS)
def test_a_planted_fault_is_refused(
    small: Path, refused: Refused, file: str, old: str, new: str, words: str
) -> None:
    good = (small / file).read_text(encoding="utf-8")
    assert old in good
    (small / file).write_text(good.replace(old, new), encoding="utf-8")
    try:
        told = refused()
    finally:
        (small / file).write_text(good, encoding="utf-8")
    assert words in told
