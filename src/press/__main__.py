"""python -m press check | outputs | new: prove pages, write their outputs, or begin a chapter."""

import argparse
import sys
import time
from pathlib import Path

from press import new
from press.outputs import with_outputs
from press.prove import prove, style
from press.read import Chapter, Fault, read
from press.run.results import Book

PAGES = "docs/**/*.md", "docs/labs/*.py", "README.md"


def main() -> int:
    """Do what the command line says; 1 if something does not hold."""
    parser = argparse.ArgumentParser(prog="python -m press", description=__doc__)
    tasks = parser.add_subparsers(dest="task", required=True)
    for task in ("check", "outputs"):
        tasks.add_parser(task).add_argument("files", nargs="*", type=Path)
    tasks.add_parser("new").add_argument("name")
    options = parser.parse_args()
    if options.task == "new":
        return new.main(options.name)
    root = Path.cwd()
    files = options.files or [file for pages in PAGES for file in sorted(root.glob(pages))]
    book, sound = Book(root), []
    for file in files:
        began = time.perf_counter()
        try:
            chapter = read(file.resolve())
            if options.task == "outputs" and file.suffix == ".md":
                results = book.run([program.chain for program in chapter.programs])
                file.write_text(with_outputs(chapter, results), encoding="utf-8")
                chapter = read(file.resolve())
            prove(chapter, book)
        except Fault as fault:
            print(fault.report, file=sys.stderr)
        else:
            sound.append(chapter)
            print(f"{file}: {len(chapter.programs)} programs, {time.perf_counter() - began:.1f} s")
    book.close()
    return int(not (_has_style(sound, root) and len(sound) == len(files)))


def _has_style(chapters: list[Chapter], root: Path) -> bool:
    """Whether the programs have the library's style and types; what they lack is printed."""
    try:
        style.check([chapter for chapter in chapters if chapter.path.suffix == ".md"], root)
    except Fault as fault:
        print(fault.report, file=sys.stderr)
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
