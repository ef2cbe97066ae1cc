"""A small made-up web of seven Kazakh hosts: the first crawl and the ground truth of the tests."""
