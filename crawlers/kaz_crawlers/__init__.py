"""The middle floor, web to archive: sources, frontier, politeness, WARC."""
