"""python -m press new NAME: begin a chapter that holds at once, last in the navigation."""

import re
import sys
from pathlib import Path

TEMPLATE = Path(__file__).with_name("chapter.md")
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
ENTRY = re.compile(r"^( *- ).*\bchapters/[\w-]+\.md *\n", re.MULTILINE)
NEXT = """\
docs/chapters/{0}.md is begun, and mkdocs.yml names it. It holds as it stands.
Write it anew, piece by piece:

  make            shows it at http://127.0.0.1:8000/chapters/{0}/
  make outputs    writes below each program what it prints
  make test-docs  proves it, with all other pages"""


def begin(name: str, root: Path) -> None:
    """Write a chapter and its line in the navigation; or say why not, and change nothing."""
    if not NAME.fullmatch(name):
        raise ValueError(
            "a chapter is named in small letters, as in make new chapter=annealing or "
            f"chapter=weight-decay, and not {name!r}"
        )
    page, settings = root / "docs" / "chapters" / f"{name}.md", root / "mkdocs.yml"
    if page.exists():
        raise ValueError(f"docs/chapters/{name}.md is there already: choose another name")
    nav = settings.read_text(encoding="utf-8")
    *_, last = ENTRY.finditer(nav)
    entry = f"{last[1]}chapters/{name}.md\n"
    text = TEMPLATE.read_text(encoding="utf-8").replace("NAME", name)
    text = text.replace("TITLE", name.replace("-", " ").capitalize())
    page.write_text(text, encoding="utf-8")
    settings.write_text(nav[: last.end()] + entry + nav[last.end() :], encoding="utf-8")


def main(name: str) -> int:
    """Begin a chapter, and say what comes next."""
    try:
        begin(name, Path.cwd())
    except ValueError as refusal:
        print(refusal, file=sys.stderr)
        return 1
    print(NEXT.format(name))
    return 0
