"""Other ways in than crawling: each input becomes an archive folder like a crawl's."""
