"""ENTRY. `publisher preview`: the site as the next run would make it, in a browser.

`proof` composes it aside, `reasons` says why an article is in an issue or not, `copies` changes
what a frame gets, `pages` draws the tool's own pages, `watch` sees changes, `workshop` is the
thread that does all the work, `server` answers.
"""
