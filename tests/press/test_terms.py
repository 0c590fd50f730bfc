"""Terms of the glossary, explained where a page first uses them."""

from pathlib import Path

from bindery import terms

GLOSSARY = (
    "**loss**{ #loss }\n:   One number for how $wrong$ a network is. ([Losses](../losses.md#a))\n\n"
    "**mean squared error**{ #mse }\n:   The average of squares. ([Losses](../losses.md#b))\n"
)
ENTRIES = terms.read(GLOSSARY)


def mark(page: str) -> str:
    return terms.mark(page, ENTRIES, "../glossary/")


def test_an_entry_says_what_a_term_means_and_where_it_is_defined():
    text = "One number for how $wrong$ a network is."
    assert ENTRIES["loss"] == (text, "loss", "losses.md", "a")
    assert ENTRIES["mean squared error"] == ("The average of squares.", "mse", "losses.md", "b")


def test_every_entry_of_the_glossary_is_read():
    glossary = Path(__file__).parents[2].joinpath("docs/reference/glossary.md").read_text("utf-8")
    assert len(terms.read(glossary)) == glossary.count("\n:   ") > 100


def test_a_term_is_explained_in_plain_words_where_a_page_first_uses_it():
    page = "<h2>Loss</h2><p>Two losses. A loss.</p><h2>Two</h2><p>Loss</p>"
    says = "One number for how wrong a network is."
    link = f'<a class="term" href="../glossary/#loss" data-says="{says}">losses</a>'
    assert mark(page) == page.replace("losses", link)


def test_titles_of_other_works_are_left_alone():
    page = '<h2 id="further-reading">Further reading</h2><p>On loss</p>'
    assert mark(page) == page


def test_links_code_tables_and_the_place_of_definition_are_left_alone():
    table = "<table><tr><td>loss</td></tr></table>"
    for page in (
        "<a>loss</a>",
        "<code>loss</code>",
        "<em>loss</em>",
        table,
        "<p>glossy losseth</p>",
    ):
        assert mark(page) == page
    assert terms.mark("<p>loss</p>", {}, "") == "<p>loss</p>"
    assert mark("<em>loss</em> and loss") == "<em>loss</em> and loss"


def test_the_longest_term_wins():
    assert 'data-says="The average of squares.">mean squared error</a>' in mark(
        "<p>A mean squared error.</p>"
    )
