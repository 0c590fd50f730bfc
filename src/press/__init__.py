"""press: a chapter is a list of programs, and a page is what they prove."""
