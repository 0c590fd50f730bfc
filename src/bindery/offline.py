"""The site without a network: what the worker of a site may keep, and the site as a folder.

`make offline` builds the folder, and a zip of it beside it.
"""

import json
import re
import zipfile
from pathlib import Path
from typing import Any

from press.files import digest

SCRIPT = "assets/offline.js"
"""Who loads this registers the worker: no page of the served site, and none of a folder."""
FALLBACK = "503.html"
LOADED = ".css .html .js .json .mjs .png .svg .wasm .webmanifest .whl .woff2 .zip"
INDEX = "search/search_index.json"
OTHERS = re.compile(r"/lunr/|/cards/|\.map$")
"""Material's other languages, maps of scripts, and cards: no page of this site loads them."""
ONLINE = re.compile(rf"(404\.html|{FALLBACK}|{INDEX}|(llms|sitemap|sw|manifest|litgrad-)[^/]*)$")
"""What a server gives, and nobody opens in a folder."""


def settle(config: Any, *, is_served: bool) -> None:
    """Leave out what a site that is being written cannot keep, and what a folder cannot do."""
    is_folder = not config["use_directory_urls"]
    if SCRIPT in config["extra_javascript"] and (is_folder or is_served):
        config["extra_javascript"].remove(SCRIPT)
    if is_folder:  # on disk, Material's scripts would wait for it for ever
        config["theme"]["features"].remove("navigation.instant")
        config["extra"].pop("wheel", None)  # its address would be that of a server


def finish(config: Any) -> None:
    """Tell the worker what this build is made of, or pack the folder, once all files are there."""
    site = Path(config["site_dir"])
    if SCRIPT in config["extra_javascript"]:
        worker = site / "sw.js"
        text = worker.read_text(encoding="utf-8")
        told = json.dumps(build(site), separators=(",", ":"))
        worker.write_text(text.replace("{ first: [], files: {} }", told), encoding="utf-8")
    elif not config["use_directory_urls"]:
        index = (site / INDEX).read_text(encoding="utf-8")  # a page on disk may load scripts alone
        script = (site / INDEX).with_suffix(".js")
        script.write_text(f"var __index = {index}", encoding="utf-8")
        pack(site, site.with_suffix(".zip"))


def build(site: Path) -> dict[str, Any]:
    """The files that pages may load, with digests; and those to begin with."""
    pages = "".join(path.read_text(encoding="utf-8") for path in site.rglob("*.html"))
    files = {
        name.removesuffix("index.html"): digest((site / name).read_bytes())[:12]
        for name in names(site)
        if Path(name).suffix in LOADED.split()
        and name not in {"404.html", "sw.js"}
        and not ("/figures/" in name and Path(name).name not in pages)  # a notebook shows it
    }
    fallback = (site / FALLBACK).read_text(encoding="utf-8")
    shell = [name for name in files if name.startswith("assets/") and f'{name}"' in fallback]
    return {"first": [FALLBACK, "assets/math.woff2", *shell], "files": files}


def names(site: Path) -> list[str]:
    """The files of a site that a reader may need."""
    files = (path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())
    return sorted(name for name in files if not OTHERS.search(name))


def pack(site: Path, target: Path) -> None:
    """A folder as a zip: the same bytes for the same files."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names(site):
            if not ONLINE.match(name):
                place = zipfile.ZipInfo(f"{site.name}/{name}")  # of 1980, as its date is not given
                place.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(place, (site / name).read_bytes())
