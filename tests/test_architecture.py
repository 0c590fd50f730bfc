"""The packages and their floors: imports point down, siblings never meet, and all stays small."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src"
FLOORS = {
    "litgrad": (
        {"_types"},
        {"_check"},
        {"ops", "losses", "penalties", "initializers", "schedules", "data", "_storage"},
        {"layers", "graph", "optimizers"},
        {"training", "gradcheck", "descent"},
        {"plots"},
    ),
    "press": (
        {"files"},
        {"read", "draw"},
        {"run", "listing"},
        {"prove"},
        {"page", "new"},
        {"notebook", "outputs"},
        {"__main__"},
    ),
    "browser": ({"fetch", "runner"}, {"kit"}),
    "bindery": (
        {"card", "docstrings", "hosts", "labs", "offline", "proof", "search", "terms"},
        {"site"},
        {"hooks"},
    ),
}
"""Each package imports from those before it, and of its own from the floors below: a module, or
a folder, whose modules may meet."""
PACKAGES = list(FLOORS)
LEVEL = {
    (package, name): level
    for package, floors in FLOORS.items()
    for level, floor in enumerate(floors)
    for name in floor
}
OUTSIDE = {"mkdocs": "bindery", "mkdocs_jupyter": "bindery", "griffe": "bindery"}
"""Who alone may know of it."""


def imports(tree: ast.Module, package: str) -> Iterator[tuple[int, str]]:
    """The line and the full name of whatever is imported, wherever it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = f"{package}." * bool(node.level) + (f"{node.module}." if node.module else "")
            yield from ((node.lineno, origin + alias.name) for alias in node.names)


def is_allowed(package: str, unit: str, imported: str) -> bool:
    """Whether a module or folder of a package may import what has this full name."""
    origin, *rest = imported.split(".")
    if origin in PACKAGES and origin != package:
        return PACKAGES.index(origin) < PACKAGES.index(package)
    if origin == package and unit == "__init__":  # the front door opens all rooms but plots
        return rest != ["plots"]
    if origin == package:
        here, there = LEVEL[package, unit], LEVEL.get((package, (rest or [""])[0]), 99)
        return there < here or (rest[:1] == [unit] and len(rest) > 1)
    if package == "litgrad":
        outside = {"numpy", "matplotlib"} if unit == "plots" else {"numpy"}
        return origin in outside | sys.stdlib_module_names
    return OUTSIDE.get(origin, package) == package


def faults(source: Path) -> list[str]:
    """What breaks the rules in a source tree, as `litgrad/ops.py:3 imports litgrad.losses`."""
    found = []
    for path in sorted(source.rglob("*.py")):
        name = path.relative_to(source).as_posix()
        package, *places = name.removesuffix(".py").split("/")
        unit = places[0] if places else ""
        if (package, unit) not in LEVEL and places != ["__init__"]:
            found.append(f"{name} stands on no floor")
            continue
        found += [
            f"{name}:{line} imports {imported}"
            for line, imported in imports(ast.parse(path.read_text("utf-8")), package)
            if not is_allowed(package, unit, imported)
        ]
    return found


def test_imports_point_down() -> None:
    assert faults(SOURCE) == []
    assert {path.name for path in SOURCE.iterdir() if path.is_dir()} >= set(PACKAGES)


@pytest.mark.parametrize(
    ("name", "code", "imported"),
    [
        ("litgrad/ops.py", "from litgrad import losses", "litgrad.losses"),
        ("litgrad/ops.py", "from litgrad.layers import Dense", "litgrad.layers.Dense"),
        ("litgrad/ops.py", "import litgrad.ops", "litgrad.ops"),
        ("litgrad/ops.py", "import litgrad", "litgrad"),
        ("litgrad/ops.py", "from litgrad import *", "litgrad.*"),
        ("litgrad/layers.py", "if 1:\n from . import graph", "litgrad.graph"),
        ("litgrad/layers.py", "from .graph import node", "litgrad.graph.node"),
        ("litgrad/_types.py", "from litgrad import _check", "litgrad._check"),
        ("litgrad/__init__.py", "from litgrad import plots", "litgrad.plots"),
        ("litgrad/data.py", "import matplotlib.pyplot", "matplotlib.pyplot"),
        ("litgrad/plots.py", "from scipy import stats", "scipy.stats"),
        ("litgrad/data.py", "from press import files", "press.files"),
        ("press/read/chapter.py", "from press.run import report", "press.run.report"),
        ("press/read/chapter.py", "from press.draw import figure", "press.draw.figure"),
        ("press/run/results.py", "from press import prove", "press.prove"),
        ("press/page.py", "from browser import fetch", "browser.fetch"),
        ("press/page.py", "from mkdocs.utils import meta", "mkdocs.utils.meta"),
        ("browser/kit.py", "from bindery import site", "bindery.site"),
        ("browser/kit.py", "import mkdocs", "mkdocs"),
        ("bindery/card.py", "from bindery import hosts", "bindery.hosts"),
    ],
)
def test_a_planted_import_is_found(tmp_path: Path, name: str, code: str, imported: str) -> None:
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_text(code, "utf-8")
    line = code.count("\n") + 1
    assert faults(tmp_path) == [f"{name}:{line} imports {imported}"]


@pytest.mark.parametrize("name", ["litgrad/extra.py", "litgrad/deep/ops.py", "other/module.py"])
def test_a_module_without_a_floor_is_found(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).touch()
    assert faults(tmp_path) == [f"{name} stands on no floor"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("litgrad/_check.py", "import math\nimport numpy as np\nfrom litgrad._types import Array"),
        ("litgrad/training.py", "from litgrad import data\nfrom litgrad.layers import Layer"),
        ("litgrad/plots.py", "from matplotlib import pyplot\nfrom litgrad import descent"),
        ("litgrad/__init__.py", "from litgrad import descent, ops"),
        ("press/read/lab.py", "from press.read.chapter import Chapter"),
        ("press/page.py", "from litgrad import plots\nfrom press.draw import figure"),
        ("bindery/site.py", "import mkdocs\nfrom browser import kit\nfrom bindery import card"),
    ],
)
def test_an_import_from_below_is_no_fault(tmp_path: Path, name: str, code: str) -> None:
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_text(code, "utf-8")
    assert faults(tmp_path) == []


def code(text: str) -> int:
    """How many lines are code: not blank, not a comment, not a docstring."""
    tree = ast.parse(text)
    prose = {
        line
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    lines = enumerate(text.splitlines(), start=1)
    return sum(
        bool(line.strip()) and line.lstrip()[0] != "#" and number not in prose
        for number, line in lines
    )


def sizes(package: str) -> dict[str, int]:
    files = sorted((SOURCE / package).rglob("*.py"))
    return {path.relative_to(SOURCE).as_posix(): code(path.read_text("utf-8")) for path in files}


def test_only_code_is_counted() -> None:
    assert code('"""A module.\n\n>>> 1\n1\n"""\n\n# why\nx = (  # here\n    1\n)\n') == 3


@pytest.mark.parametrize(
    ("packages", "limit"), [(["litgrad"], 1605), (["press", "browser", "bindery"], 2700)]
)
def test_packages_are_small(packages: list[str], limit: int) -> None:
    found = {name: size for package in packages for name, size in sizes(package).items()}
    assert 0 < sum(found.values()) < limit
    assert {name: size for name, size in found.items() if size > 240} == {}


def test_import_loads_numpy_and_nothing_heavier() -> None:
    program = (
        "import sys; before = set(sys.modules); import litgrad; "
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before "
        "if getattr(sys.modules[name], '__file__', None)} - sys.stdlib_module_names)"
    )
    command = [sys.executable, "-c", program]
    loaded = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    assert set(loaded.split()) == {"litgrad", "numpy"}
