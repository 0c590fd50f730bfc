"""litgrad beside what a reader would use instead: all tables, and the page that holds them.

Each section runs in a process of its own, so that no library is loaded where it
is not measured. Run it as `make bench`; it takes about ten minutes.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import page
from report import Section, Table

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "about" / "performance.md"
# Compiled modules are kept between two processes, as they are for everybody.
KEPT = {"PYTHONDONTWRITEBYTECODE": ""}
ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
}
QUIET = 95
"""The percentage of a core below which wall time is no measure."""

# Seconds for each table of contenders; rounds for the cold processes.
FULL = {"steps": 15, "graphs": 4, "moons": 20, "processes": 11}
QUICK = {"steps": 2, "graphs": 0.5, "moons": 5, "processes": 2}


def main() -> None:
    """Run the sections, print their tables, write the page."""
    options = arguments()
    result = Section()
    for name, effort in (QUICK if options.quick else FULL).items():
        section = run(name, effort, options.clock)
        result.tables |= section.tables
        result.targets += section.targets
        result.facts |= section.facts
        for title, table in section.tables.items():
            print(f"\n{title}", *table.lines(), sep="\n")
    head = ["target", "limit", "measured", "met"]
    share = result.facts["share"]
    if options.clock == "wall" and float(share.rstrip("%")) < QUIET:
        # Other programs interrupt long turns and spare short ones: that bends the ratios.
        print(f"\nNOT QUIET: the process had {share} of a core; wait, or use --clock cpu")
    print("", *Table([head, *(target.row() for target in result.targets)]).lines(), sep="\n")
    where = options.page or (None if options.quick else PAGE)
    if where:
        page.write(where, result, clock=options.clock, quick=options.quick)
        print(f"\nwritten: {where}")


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two minutes, rough; writes no page")
    parser.add_argument("--page", type=Path, help=f"where to write; {PAGE.name} unless quick")
    parser.add_argument(
        "--clock",
        choices=["wall", "cpu"],
        default="wall",
        help="cpu: CPU time instead, for a machine that is busy with other things",
    )
    return parser.parse_args()


def run(name: str, effort: float, clock: str) -> Section:
    """One section, in its own process."""
    sys.stderr.write(f"{name}\n")
    command = [sys.executable, str(HERE / f"{name}.py"), str(effort), clock]
    done = subprocess.run(
        command, env=os.environ | ONE_THREAD | KEPT, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{name} failed")
    return Section.receive(done.stdout)


if __name__ == "__main__":
    main()
