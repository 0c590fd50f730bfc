"""A Matplotlib backend that keeps figures open and shows none, for press to collect."""

from typing import Any

from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg


class FigureManager(FigureManagerBase):
    """Keeps a figure; `plt.show()` does nothing."""

    @classmethod
    def pyplot_show(cls, *args: Any, **kwargs: Any) -> None:
        """Do nothing: a program ends in plt.show(), and here nobody looks yet."""


class FigureCanvas(FigureCanvasAgg):
    """An Agg canvas with that manager."""

    manager_class = FigureManager
