"""python -m press check | outputs | new: prove pages, write their outputs, or begin a chapter."""

import argparse
import sys
import time
from pathlib import Path

from press import new, outputs
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
    pages = [file.resolve() for file in options.files]
    for page in pages:
        if not page.is_file() or page.suffix not in {".md", ".py"} or root not in page.parents:
            parser.error(f"{page} is no page below {root}: one is a .md or, if it is a lab, a .py")
    pages = pages or [page for pattern in PAGES for page in sorted(root.glob(pattern))]
    book, sound = Book(root), []
    for page in pages:
        began = time.perf_counter()
        try:
            chapter = read(page)
            if options.task == "outputs" and page.suffix == ".md":
                outputs.write(chapter, book.run([program.chain for program in chapter.programs]))
                chapter = read(page)
            prove(chapter, book)
        except Fault as fault:
            print(fault.report, file=sys.stderr)
        else:
            sound.append(chapter)
            count = len(chapter.programs) or "no"
            took = time.perf_counter() - began
            print(f"{page.relative_to(root)}: {count} program{'s' * (count != 1)}, {took:.1f} s")
    book.close()
    return int(not (_has_style(sound, root) and len(sound) == len(pages)))


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
