"""What crawl, build and release will take: time, disk, memory, and where more stops to help."""
