"""Terms of the glossary that can be hovered."""

from press import terms

ENTRIES = terms.read(
    "**loss**{ #loss }\n:   One number for how $wrong$ a network is. ([Losses](losses.md#a))\n\n"
    "**mean squared error**\n:   The average of squares. ([Losses](losses.md))\n"
)


def test_a_definition_is_told_in_plain_words():
    assert ENTRIES == {
        "loss": "One number for how wrong a network is.",
        "mean squared error": "The average of squares.",
    }


def test_a_term_is_explained_once_a_section():
    page = "<h2>Loss</h2><p>The loss. A loss.</p><h2>Two</h2><p>Losses</p>"
    abbr = '<abbr title="One number for how wrong a network is.">'
    expected = (
        f"<h2>Loss</h2><p>The {abbr}loss</abbr>. A loss.</p><h2>Two</h2><p>{abbr}Losses</abbr></p>"
    )
    assert terms.mark(page, ENTRIES) == expected


def test_links_code_and_the_place_of_definition_are_left_alone():
    for page in ("<a>loss</a>", "<code>loss</code>", "<em>loss</em>", "<p>glossy losseth</p>"):
        assert terms.mark(page, ENTRIES) == page
    assert terms.mark("<p>loss</p>", {}) == "<p>loss</p>"
    assert terms.mark("<em>loss</em> and loss", ENTRIES) == "<em>loss</em> and loss"


def test_the_longest_term_wins():
    marked = terms.mark("<p>A mean squared error.</p>", ENTRIES)
    assert '<abbr title="The average of squares.">mean squared error</abbr>' in marked
