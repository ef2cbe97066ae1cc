"""What is measured of a text, and which values are good enough."""
