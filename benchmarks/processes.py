"""A cold process: imports, loading, training, and how much memory that takes at most.

This module and what it imports stay small, because a new process counts the
memory of the one that it came from.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from cold import settings
from report import Section, Table, Target, number, progress
from timing import median, ratio

HERE = Path(__file__).parent / "cold"
DIGITS = HERE.parents[1] / "src" / "litgrad" / "digits.npy"
NUMPY, LITGRAD = "import numpy", "import litgrad"
FLOOR = "import numpy, load the digits"
TRAIN = "train with "
PROGRAMS = {
    NUMPY: ["-c", "import numpy"],
    LITGRAD: ["-c", "import litgrad"],
    FLOOR: [str(HERE / "digits.py"), str(DIGITS)],
    "import litgrad, load the digits": ["-c", "from litgrad import data; data.digits()"],
    TRAIN + "litgrad": [str(HERE / "train_litgrad.py")],
    TRAIN + "PyTorch": [str(HERE / "train_pytorch.py"), str(DIGITS)],
    TRAIN + "scikit-learn": [str(HERE / "train_sklearn.py"), str(DIGITS)],
    TRAIN + "JAX": [str(HERE / "train_jax.py"), str(DIGITS)],
    TRAIN + "autograd": [str(HERE / "train_autograd.py"), str(DIGITS)],
}
ACCURACY = 0.97


def main(rounds: int, clock: str) -> None:
    """Run all programs in turn, so many times, after one time that is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    memory: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    reached: dict[str, float] = {}
    for played in range(rounds + 1):
        for name, program in PROGRAMS.items():
            took, megabytes, printed = run(program, clock)
            if name.startswith(TRAIN):
                reached[name] = float(printed)
                if reached[name] < ACCURACY:
                    sys.exit(f"{name}: only {reached[name]:.1%} of the test set are right")
            if played:
                seconds[name].append(took)
                memory[name].append(megabytes)
        progress(f"cold processes, round {played} of {rounds}")
    report(seconds, memory, reached)


def run(program: list[str], clock: str) -> tuple[float, float, str]:
    """The seconds and the peak megabytes of one process, and what it printed."""
    start = time.perf_counter()
    command = [sys.executable, "-W", "ignore", *program]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        printed = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    if process.returncode:
        sys.exit(f"{' '.join(program)} failed")
    took = wall if clock == "wall" else usage.ru_utime + usage.ru_stime
    unit = 2**20 if sys.platform == "darwin" else 2**10  # bytes there, kilobytes on Linux
    return took, usage.ru_maxrss / unit, printed


def report(
    seconds: dict[str, list[float]], memory: dict[str, list[float]], reached: dict[str, float]
) -> None:
    """The table, and what was to be reached."""
    section = Section()
    rows = [["", "seconds", "× numpy and digits", "peak memory, MB", "test accuracy"]]
    peak = {name: median(values) for name, values in memory.items()}
    for name in PROGRAMS:
        took = f"{median(seconds[name]):.3f}"
        right = f"{reached[name]:.1%}" if name in reached else ""
        rows.append([name, took, number(ratio(seconds, name, FLOOR)), f"{peak[name]:.0f}", right])
    section.tables["cold"] = Table(rows)
    ours = TRAIN + "litgrad"
    memory_of = {peer: peak[ours] / peak[TRAIN + peer] for peer in ("PyTorch", "scikit-learn")}
    for what, limit, value in [
        ("`import litgrad`: time over that of `import numpy`", 1.3, ratio(seconds, LITGRAD, NUMPY)),
        ("cold training: time over that of numpy and loading", 1.4, ratio(seconds, ours, FLOOR)),
        ("cold training: memory over PyTorch's", 0.25, memory_of["PyTorch"]),
        ("cold training: memory over scikit-learn's", 0.5, memory_of["scikit-learn"]),
    ]:
        section.targets.append(Target(what, limit, value, at_most=True))
    section.facts = {name: str(x) for name, x in vars(settings).items() if name.isupper()}
    section.facts["rounds"] = str(len(seconds[FLOOR]))
    section.send()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
