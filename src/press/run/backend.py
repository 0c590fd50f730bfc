"""A Matplotlib backend that keeps figures open and shows none, for press to collect."""

import sys
from typing import Any

from matplotlib import pyplot as plt
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg

from press.run import report

FIGURES = "application/vnd.press.figures+json"


class FigureManager(FigureManagerBase):
    """Keeps a figure; `plt.show()` hands it over in a notebook, and does nothing elsewhere."""

    @classmethod
    def pyplot_show(cls, **_: Any) -> None:
        """Do nothing: a program ends in plt.show(), and here nobody looks yet."""
        ipython = sys.modules.get("IPython")
        if ipython and ipython.get_ipython():
            ipython.display.display({FIGURES: report.figures(picture=True)}, raw=True)
            plt.close("all")


class FigureCanvas(FigureCanvasAgg):
    """An Agg canvas with that manager."""

    manager_class = FigureManager
