"""The ground floor: the record, shards, accounts, stages, releases and their publication."""
