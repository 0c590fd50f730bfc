"""From a click on Run to the first output or figure, in Chromium, with the built site on localhost.

Cold is a browser that has loaded nothing yet, warm is the same program once more. Build the site
first (`make site`), and run this as `.venv/bin/python benchmarks/browser.py [site] [rounds]`.
"""

import functools
import http.server
import os
import shutil
import statistics
import sys
import threading
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from report import Section, Table, Target

SITE = Path(__file__).parents[1] / "site"
PAGE = "chapters/descent/"
PROGRAMS = {
    "NumPy": "import numpy as np\nprint(np.arange(3))\n",
    "litgrad": "from litgrad import data\nprint(data.digits())\n",
    "figure": "import matplotlib.pyplot as plt\nfrom litgrad import plots\n"
    "plots.curves([3.0, 1.0, 0.5])\nplt.show()\n",
}
LIMITS = {"NumPy": 3.5, "figure": 6.5}
WARM = 0.2
CLICK = """box => new Promise(done => {
    const output = box.querySelector(".output");
    const drawn = document.querySelector(".drawn");
    output.textContent = drawn.innerHTML = "";
    const began = performance.now();
    const seen = new MutationObserver(() => {
        if (output.textContent || drawn.innerHTML) done((performance.now() - began) / 1000);
    });
    for (const part of [output, drawn]) seen.observe(part, { childList: true, subtree: true });
    box.querySelector(".run").click();
})"""


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the site, and counts the bytes of what programs need."""

    protocol_version = "HTTP/1.1"
    sent = 0

    def copyfile(self, source: Any, outputfile: Any) -> None:
        """Count, then send."""
        if "/pyodide/" in self.path or "worker.js" in self.path:
            Handler.sent += os.fstat(source.fileno()).st_size
        super().copyfile(source, outputfile)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main() -> None:
    """Measure, and print the tables."""
    site = Path(sys.argv[1]) if len(sys.argv) > 1 else SITE
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    load = os.getloadavg()[0]  # what others do: it is taken before we begin
    handler = functools.partial(Handler, directory=str(site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/{PAGE}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        measured = [measure(browser, url) for _ in range(rounds)]
        version = browser.version
        browser.close()
    server.shutdown()
    result = report(measured)
    print(f"Chromium {version}, {os.cpu_count()} cores, load {load:.1f}, {rounds} rounds\n")
    print(*result.tables["Seconds from the click"].lines(), sep="\n")
    head = ["target", "limit", "measured", "met"]
    print("", *Table([head, *(target.row() for target in result.targets)]).lines(), sep="\n")
    if load > (os.cpu_count() or 1) / 2:
        print(f"\nNOT QUIET: others keep the machine busy (load {load:.1f}); wait, and try again")


def measure(browser: Browser, url: str) -> dict[str, float]:
    """Seconds of each program, cold and then warm, each in a browser of its own."""
    times = {}
    for name, text in PROGRAMS.items():
        context = browser.new_context()
        page = context.new_page()
        Handler.sent = 0
        page.goto(url)
        page.wait_for_load_state("networkidle")
        times["bytes before"] = max(times.get("bytes before", 0), Handler.sent)
        times[f"{name} cold"] = run(page, text)
        times[f"{name} bytes"] = Handler.sent
        times[f"{name} warm"] = statistics.median(run(page, text) for _ in range(5))
        context.close()
    return times


def run(page: Page, text: str) -> float:
    """Seconds from the click to what a text prints or draws."""
    box = page.locator(".program").first
    if not box.locator(".editor").count():
        box.get_by_role("button", name="Edit").click()
    box.locator(".editor").fill(text)
    seconds: float = box.evaluate(CLICK)
    box.locator(".stop").wait_for(state="hidden")
    return seconds


def report(measured: list[dict[str, float]]) -> Section:
    """The medians of all rounds, and what was to be reached."""
    middle = {key: statistics.median(one[key] for one in measured) for key in measured[0]}
    rows = [["program", "cold", "fastest", "slowest", "warm", "MB"]]
    for name in PROGRAMS:
        cold = [one[f"{name} cold"] for one in measured]
        seconds = [middle[f"{name} cold"], min(cold), max(cold), middle[f"{name} warm"]]
        megabytes = middle[f"{name} bytes"] / 1e6
        rows.append([name, *(f"{second:.2f}" for second in seconds), f"{megabytes:.1f}"])
    targets = [Target("bytes before the first click", 0, middle["bytes before"], at_most=True)]
    for name, limit in LIMITS.items():
        targets.append(Target(f"{name}, cold (s)", limit, middle[f"{name} cold"], at_most=True))
        targets.append(Target(f"{name}, warm (s)", WARM, middle[f"{name} warm"], at_most=True))
    return Section(tables={"Seconds from the click": Table(rows)}, targets=targets)


if __name__ == "__main__":
    main()
