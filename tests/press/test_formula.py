"""Formulas where there is nothing but letters: in what the search shows of a page."""

import pytest

from press.draw.formula import mathml, plain


@pytest.mark.parametrize(
    ("latex", "line"),
    [
        (r"\tfrac12 q x^2", "½qx²"),
        (r"x_{t+1} = x_t - \eta q x_t", "xₜ₊₁ = xₜ−ηqxₜ"),
        (r"\frac{y_1 - y_0}{x_1 - x_0}", "(y₁−y₀)/(x₁−x₀)"),
        (r"\sqrt{S^2 - 4\beta}", "√(S²−4β)"),
        (r"\frac1N \sum_{i=1}^{N} L_i", "1/N∑ᵢ₌₁^N Lᵢ"),
        (r"a_{D-1} W_D", "a_(D−1)W_D"),
        (r"\hat y \neq \bar w", "ŷ ≠ w̄"),
        (r"\operatorname{Var} x", "Var x"),
        (r"0 < \eta < 2/q", "0 < η < 2/q"),
        (r"\begin{aligned} a &= 1, \\ b &= 2 \end{aligned}", "a = 1, b = 2"),
    ],
)
def test_a_formula_can_be_read_in_a_line(latex: str, line: str) -> None:
    assert plain(mathml(latex, display=True)) == line
