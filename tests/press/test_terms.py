"""Terms of the glossary that can be hovered."""

from bindery import terms

ENTRIES = terms.read(
    "**loss**{ #loss }\n:   One number for how $wrong$ a network is. ([Losses](losses.md#a))\n\n"
    "**mean squared error**\n:   The average of squares. ([Losses](losses.md))\n"
)


def test_a_definition_is_told_in_plain_words():
    assert ENTRIES == {
        "loss": "One number for how wrong a network is.",
        "mean squared error": "The average of squares.",
    }


def test_a_term_is_explained_where_a_page_first_uses_it():
    page = "<h2>Loss</h2><p>Two losses. A loss.</p><h2>Two</h2><p>Loss</p>"
    abbr = '<abbr title="One number for how wrong a network is.">losses</abbr>'
    assert terms.mark(page, ENTRIES) == page.replace("losses", abbr)


def test_titles_of_other_works_are_left_alone():
    page = '<h2 id="further-reading">Further reading</h2><p>On loss</p>'
    assert terms.mark(page, ENTRIES) == page


def test_links_code_and_the_place_of_definition_are_left_alone():
    for page in ("<a>loss</a>", "<code>loss</code>", "<em>loss</em>", "<p>glossy losseth</p>"):
        assert terms.mark(page, ENTRIES) == page
    assert terms.mark("<p>loss</p>", {}) == "<p>loss</p>"
    assert terms.mark("<em>loss</em> and loss", ENTRIES) == "<em>loss</em> and loss"


def test_the_longest_term_wins():
    marked = terms.mark("<p>A mean squared error.</p>", ENTRIES)
    assert '<abbr title="The average of squares.">mean squared error</abbr>' in marked
