"""What a program of the book never does: each attempt is refused where it is made.

This catches accidents. Who means to can go around it: it is no protection from an attack.
"""

import contextlib
import os
import resource
import sys
import tempfile
from pathlib import Path
from typing import Any

MOST_MEMORY = 4 << 30
"""Bytes."""
STARTS = "subprocess.Popen os.system os.exec os.fork os.forkpty os.posix_spawn os.spawn os.kill"
CHANGES = "chflags chmod chown mkdir remove removexattr rmdir setxattr truncate utime"
CHANGED = dict.fromkeys([f"os.{name}" for name in CHANGES.split()] + ["sqlite3.connect"], 1)
CHANGED |= dict.fromkeys(["os.link", "os.rename", "os.symlink", "shutil.move"], 2)
"""What changes files, and how many of its arguments name one."""
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def guard(folder: Path) -> None:
    """Refuse the network, other processes, changes outside the folder, and too much memory."""

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event.startswith("socket.") or event in STARTS.split():
            what = "uses the network" if event.startswith("socket.") else "reaches other processes"
            raise PermissionError(f"a program of the book never {what} ({event})")
        writes = event == "open" and isinstance(args[2], int) and args[2] & WRITES
        for name in args[: 1 if writes else CHANGED.get(event, 0)]:
            if isinstance(name, str | bytes | os.PathLike) and name != ":memory:":
                place = Path(os.fsdecode(name)).resolve()
                if folder not in {place, *place.parents} and place != Path(os.devnull):
                    told = f"a program writes in its own folder only, not to {place}"
                    raise PermissionError(told)

    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError("a program of the book never makes pipes or devices")

    os.mkfifo = os.mknod = refuse  # Python tells of them by no event
    with contextlib.suppress(ValueError):  # macOS knows no such limit
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    sys.addaudithook(hook)


def guard_cells(shell: Any) -> None:
    """Guard a notebook from its first cell on, in a folder of its own: what serves it has begun."""

    def begin(_: Any) -> None:
        shell.events.unregister("pre_run_cell", begin)
        shell.own_folder = tempfile.TemporaryDirectory(prefix="lab-")
        os.chdir(shell.own_folder.name)
        guard(Path.cwd().resolve())

    shell.events.register("pre_run_cell", begin)
