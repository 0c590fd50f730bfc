"""What all tests, doctests and fences of the pages share."""

import contextlib
import os
import sys
import traceback
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from press.run import ENVIRONMENT

# As press runs programs: figures are drawn into memory, nobody's settings count, and on one thread.
os.environ.update(ENVIRONMENT)
# mypy reads NumPy's types once for all the folders in which it is tested.
os.environ["MYPY_CACHE_DIR"] = str(Path(__file__).parent / ".cache" / "mypy")


@pytest.hookimpl(optionalhook=True)  # without xdist, there is none
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Have one process do what shares a long preparation, so that no other waits for it."""
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415  where tests run side by side

    together = "tests/site/test_offline.py" if config.option.markexpr == "slow" else "tests/site/"
    scheduling = LoadScopeScheduling(config, log)
    scheduling._split_scope = lambda name: together if name.startswith(together) else name  # noqa: SLF001
    return scheduling


def is_fence(item: pytest.Item) -> bool:
    """Whether an item is a fence that pytest-codeblocks collected."""
    return type(item).__module__.startswith("pytest_codeblocks")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Run a fence in an empty folder, and close the figures that it leaves open."""
    if not is_fence(item):
        return (yield)
    factory: pytest.TempPathFactory = item.config._tmp_path_factory  # type: ignore[attr-defined]  # noqa: SLF001
    with contextlib.chdir(factory.mktemp("fence")):
        try:
            return (yield)
        finally:
            if "matplotlib.pyplot" in sys.modules:
                sys.modules["matplotlib.pyplot"].close("all")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say of a failing fence what pytest-codeblocks leaves out: file, line and traceback."""
    report = yield
    if report.failed and is_fence(item) and call.excinfo:
        block: Any = item.obj  # type: ignore[attr-defined]
        place = f"{Path(item.path).relative_to(item.config.rootpath)}:{block.lineno}"
        error = call.excinfo.value.__context__
        frames = traceback.extract_tb(error.__traceback__ if error else None)
        lines = [frame.lineno or 0 for frame in frames if frame.filename == "<string>"]
        if lines:
            code = block.code.splitlines()[lines[-1] - 1]
            place += f", in its line {lines[-1]}: {code.strip()}"
        told = "".join(traceback.format_exception(error)) if error else ""
        report.longrepr = f"{place}\n{told}{report.longrepr}"
    return report
