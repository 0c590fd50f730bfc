"""Running: what a program prints, draws, or fails with."""
