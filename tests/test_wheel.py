"""What is built from this tree, because that is what a reader installs."""

import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ONE_LOSS = """
import sys
sys.path.append(sys.argv[1])
import litgrad, numpy as np
from litgrad import data, layers, losses
x, y = data.digits().train
z = layers.MLP([64, 10], rng=np.random.default_rng(0)).forward(x)
print(litgrad.__file__, np.isfinite(losses.cross_entropy(z, y)[0]))
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist and the wheel; the wheel is built from the sdist."""
    folder = tmp_path_factory.mktemp("dist")
    python("-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT))
    return folder


def python(*arguments: str) -> str:
    command = [sys.executable, *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def sources() -> set[str]:
    modules = (ROOT / "src" / "litgrad").rglob("*.py")
    names = {path.relative_to(ROOT / "src").as_posix() for path in modules}
    return names | {"litgrad/py.typed", "litgrad/digits.npy"}


def test_the_wheel_holds_litgrad_only(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert names == sources()


def test_the_sdist_holds_what_the_wheel_needs_only(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    beside = {"LICENSE", "PKG-INFO", "README.md", "pyproject.toml", ".gitignore"}
    assert names == beside | {f"src/{name}" for name in sources()}


def test_the_wheel_works_with_numpy_alone(built: Path, tmp_path: Path) -> None:
    shutil.unpack_archive(next(built.glob("*.whl")), tmp_path, "zip")
    numpy = find_spec("numpy")
    assert numpy is not None
    assert numpy.origin is not None
    for folder in Path(numpy.origin).parents[1].glob("numpy*"):
        (tmp_path / folder.name).symlink_to(folder)
    # Isolated and without site, Python finds its standard library and this folder.
    output = python("-I", "-S", "-W", "error", "-c", ONE_LOSS, str(tmp_path))
    assert output == f"{tmp_path / 'litgrad' / '__init__.py'} True\n"
