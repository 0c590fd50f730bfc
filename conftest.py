"""What all tests, doctests and fences of the pages share."""

import os

# Figures are drawn into memory: no window opens, and no display is needed.
os.environ["MPLBACKEND"] = "agg"
