"""Running: what a program prints, draws, or fails with."""

import os

ENVIRONMENT = {
    "MATPLOTLIBRC": os.devnull,  # what somebody likes at home has no hand in a figure
    "MPLBACKEND": "module://press.run.backend",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}
