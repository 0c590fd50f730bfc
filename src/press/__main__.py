"""python -m press outputs | check [file …]: write the outputs, or prove chapters."""

import argparse
import sys
import time
from pathlib import Path

from press import style
from press.book import Book, with_outputs
from press.chapter import Fault, read
from press.page import prove


def main() -> int:
    """Do what the command line says; 1 if something does not hold."""
    parser = argparse.ArgumentParser(prog="python -m press", description=__doc__)
    parser.add_argument("task", choices=["check", "outputs"])
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_args()
    root = Path.cwd()
    files = options.files or [*sorted(root.glob("docs/**/*.md")), root / "README.md"]
    faults, sound = 0, []
    book = Book(root)
    for file in files:
        began = time.perf_counter()
        try:
            chapter = read(file.resolve())
            if options.task == "outputs":
                file.write_text(with_outputs(chapter, book.run(chapter)), encoding="utf-8")
                chapter = read(file.resolve())
            prove(chapter, book)
        except Fault as fault:
            faults += 1
            print(fault.report, file=sys.stderr)
        else:
            sound.append(chapter)
            print(f"{file}: {len(chapter.programs)} programs, {time.perf_counter() - began:.1f} s")
    book.close()
    try:
        style.check(sound, root)
    except Fault as fault:
        faults += 1
        print(fault.report, file=sys.stderr)
    return int(faults > 0)


if __name__ == "__main__":
    sys.exit(main())
