"""What binds proved pages to a site: all that knows MkDocs."""
