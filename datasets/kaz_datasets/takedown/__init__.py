"""Takedowns: a removal that was asked for, from the request to all places that hold the text."""
