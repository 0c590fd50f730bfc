"""Listings: which lines of a program step back behind its idea."""

from press.listing import machinery

PROGRAM = """\
import numpy as np
from litgrad import (
    plots,
)

x = np.linspace(0, 1)
left, right = plots.panels(2)
left.plot(
    x,
    x**2,
)
for ax in (left, right):
    ax.set_title("x")
    print(x.mean())
top = max(left.get_ylim())
np.testing.assert_allclose(x[0], 0)
plt.show()
"""


def test_lines_that_import_or_draw_are_machinery() -> None:
    """And no others: neither the loop around them nor what reads a number off a drawing."""
    assert machinery(PROGRAM) == {1, 2, 3, 4, 7, 8, 9, 10, 11, 13, 17}


def test_what_a_drawing_is_called_is_known_to_the_next_part() -> None:
    assert machinery("one = plt.figure()\n\none.clear()\nother.clear()\n") == {1, 3}
