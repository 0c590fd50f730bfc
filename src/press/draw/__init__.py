"""Drawing: figures and formulas as a page has them."""
