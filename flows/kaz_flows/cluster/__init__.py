"""The units of a build on many machines: where, by whom, and what travels between them."""
