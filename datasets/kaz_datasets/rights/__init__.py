"""What owners say to machines about the use of their pages, and what follows from it.

One file a signal: each knows its own grammar and says of a statement whether it refuses training.
`origin` reads the files of an origin (robots.txt, tdmrep.json, ai.txt), `page` the headers and the
markup of a page, `judge` what holds when they disagree. docs/rights.md has the table.
"""
