"""The programs of a site, run in the page by a Python that the site carries."""
