"""The middle floor, documents to clusters: MinHash signatures, bands, verification, keepers."""
