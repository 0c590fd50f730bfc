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
REFUSED = {
    "socket": "uses the network",
    "subprocess.Popen": "starts another process",
    "os.system": "starts another process",
    "os.exec": "starts another process",
    "os.kill": "ends another process",
    "os.fork": "starts another process",
    "os.forkpty": "starts another process",
    "os.posix_spawn": "starts another process",
}
CHANGES = {
    "os.chflags": 1,
    "os.chmod": 1,
    "os.chown": 1,
    "os.link": 2,
    "os.mkdir": 1,
    "os.remove": 1,
    "os.rename": 2,
    "os.rmdir": 1,
    "os.setxattr": 1,
    "os.symlink": 2,
    "os.truncate": 1,
    "os.utime": 1,
    "shutil.move": 2,
    "sqlite3.connect": 1,
}
"""What changes files, and how many of its arguments name one."""


def guard(folder: Path) -> None:
    """Refuse the network, other processes, changes outside the folder, and too much memory."""

    def hook(event: str, args: tuple[Any, ...]) -> None:
        reason = REFUSED.get(event) or (event.startswith("socket.") and REFUSED["socket"])
        if reason:
            raise PermissionError(f"a program of the book never {reason} ({event})")
        writes = (
            event == "open"
            and isinstance(args[2], int)
            and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
        )
        for name in args[: 1 if writes else CHANGES.get(event, 0)]:
            check(name)

    def check(name: Any) -> None:
        if not isinstance(name, str | bytes | os.PathLike) or name == ":memory:":
            return
        place = Path(os.fsdecode(name)).resolve()
        if folder not in {place, *place.parents} and place != Path(os.devnull):
            raise PermissionError(f"a program writes in its own folder only, not to {place}")

    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError("a program of the book never makes pipes or devices")

    os.mkfifo = os.mknod = refuse  # Python tells of them by no event
    with contextlib.suppress(ValueError):  # macOS knows no such limit
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    sys.addaudithook(hook)


def guard_cells(shell: Any) -> None:
    """Guard a notebook from its first cell on, in a folder of its own; what serves it has begun."""

    def begin(_: Any) -> None:
        shell.events.unregister("pre_run_cell", begin)
        shell.own_folder = tempfile.TemporaryDirectory(prefix="lab-")
        os.chdir(shell.own_folder.name)
        guard(Path.cwd().resolve())

    shell.events.register("pre_run_cell", begin)
