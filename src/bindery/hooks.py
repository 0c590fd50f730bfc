"""What MkDocs calls, and when: one site behind hooks of a line each."""

from typing import Any

from mkdocs.plugins import event_priority

from bindery.site import Site

SITE = Site()


def on_startup(**event: Any) -> None:
    """Remember whether the site is built, or served while somebody writes."""
    SITE.command = event["command"]


def on_shutdown(**_: Any) -> None:
    """Let the interpreters go."""
    SITE.close()


def on_config(config: Any) -> Any:
    """Begin a build."""
    return SITE.begin(config)


def on_files(files: Any, **_: Any) -> Any:
    """Know which pages there are."""
    return SITE.collect(files)


def on_pre_page(page: Any, **_: Any) -> Any:
    """Render a page anew only if it has changed, and a lab as a chapter is."""
    return SITE.open(page)


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Prove a page, and put marks in the places of its programs."""
    return SITE.prove(markdown, page)


def on_page_content(content: str, page: Any, **_: Any) -> str:
    """Number a chapter, explain terms, and offer the downloads."""
    return SITE.explain(content, page)


def on_page_context(context: Any, page: Any, **_: Any) -> Any:
    """Let the search know its names."""
    return SITE.index(context, page)


def on_env(env: Any, files: Any, **_: Any) -> Any:
    """Count what was proved, for the page that says how."""
    return SITE.count(env, files)


def on_post_page(output: str, page: Any, **_: Any) -> str:
    """Put the pieces of a page in their places, and draw its card."""
    return SITE.finish(output, page)


@event_priority(-100)  # when the plugins have written theirs
def on_post_build(**_: Any) -> None:
    """Write what a site has beside its pages."""
    SITE.write()
