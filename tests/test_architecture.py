"""The floors of litgrad: imports point down, siblings never meet, and all stays small."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "litgrad"
FLOORS = (
    {"_types"},
    {"_check"},
    {"ops", "losses", "penalties", "initializers", "schedules", "data", "_storage"},
    {"layers", "graph", "optimizers"},
    {"training", "gradcheck", "descent"},
    {"plots"},
)
LEVEL = {module: level for level, floor in enumerate(FLOORS) for module in floor}
# The front door opens all rooms but plots, and nobody inside goes through it.
LEVEL["__init__"] = LEVEL["plots"]


def imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The line and the full name of whatever is imported, wherever it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = ("litgrad." if node.level else "") + (f"{node.module}." if node.module else "")
            yield from ((node.lineno, origin + alias.name) for alias in node.names)


def is_allowed(module: str, imported: str) -> bool:
    """Whether a module of litgrad may import what has this full name."""
    package, *rest = imported.split(".")
    if package == "litgrad":
        return bool(rest) and LEVEL.get(rest[0], LEVEL["plots"]) < LEVEL[module]
    outside = {"numpy", "matplotlib"} if module == "plots" else {"numpy"}
    return package in outside | sys.stdlib_module_names


def faults(source: Path) -> list[str]:
    """What breaks the rules in a source tree, as `ops.py:3 imports litgrad.losses`."""
    found = []
    for path in sorted(source.rglob("*.py")):
        name = path.relative_to(source).as_posix()
        module = name.removesuffix(".py")
        if module not in LEVEL:
            found.append(f"{name} stands on no floor")
            continue
        found += [
            f"{name}:{line} imports {imported}"
            for line, imported in imports(ast.parse(path.read_text("utf-8")))
            if not is_allowed(module, imported)
        ]
    return found


def test_imports_point_down() -> None:
    assert faults(SOURCE) == []


@pytest.mark.parametrize(
    ("name", "code", "fault"),
    [
        ("ops.py", "from litgrad import losses", "ops.py:1 imports litgrad.losses"),
        ("ops.py", "from litgrad.layers import Dense", "ops.py:1 imports litgrad.layers.Dense"),
        ("ops.py", "import litgrad.ops", "ops.py:1 imports litgrad.ops"),
        ("ops.py", "import litgrad", "ops.py:1 imports litgrad"),
        ("ops.py", "from litgrad import *", "ops.py:1 imports litgrad.*"),
        ("layers.py", "def f():\n    from . import graph", "layers.py:2 imports litgrad.graph"),
        ("layers.py", "from .graph import node", "layers.py:1 imports litgrad.graph.node"),
        ("_types.py", "from litgrad import _check", "_types.py:1 imports litgrad._check"),
        ("__init__.py", "from litgrad import plots", "__init__.py:1 imports litgrad.plots"),
        ("data.py", "import matplotlib.pyplot", "data.py:1 imports matplotlib.pyplot"),
        ("plots.py", "from scipy import stats", "plots.py:1 imports scipy.stats"),
        ("extra.py", "", "extra.py stands on no floor"),
        ("deep/ops.py", "", "deep/ops.py stands on no floor"),
    ],
)
def test_a_planted_import_is_found(tmp_path: Path, name: str, code: str, fault: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(code, "utf-8")
    assert faults(tmp_path) == [fault]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("_check.py", "import math\nimport numpy as np\nfrom litgrad._types import Array"),
        ("training.py", "from litgrad import data\nfrom litgrad.layers import Layer"),
        ("plots.py", "from matplotlib import pyplot\nfrom litgrad import descent"),
        ("__init__.py", "from litgrad import descent, ops"),
    ],
)
def test_an_import_from_below_is_no_fault(tmp_path: Path, name: str, code: str) -> None:
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


def test_only_code_is_counted() -> None:
    assert code('"""A module.\n\n>>> 1\n1\n"""\n\n# why\nx = (  # here\n    1\n)\n') == 3


def test_litgrad_is_small() -> None:
    sizes = {path.name: code(path.read_text("utf-8")) for path in SOURCE.rglob("*.py")}
    assert sum(sizes.values()) < 1600
    assert {name: size for name, size in sizes.items() if size > 240} == {}


def test_import_loads_numpy_and_nothing_heavier() -> None:
    program = (
        "import sys; before = set(sys.modules); import litgrad; "
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before "
        "if getattr(sys.modules[name], '__file__', None)} - sys.stdlib_module_names)"
    )
    command = [sys.executable, "-c", program]
    loaded = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    assert set(loaded.split()) == {"litgrad", "numpy"}
