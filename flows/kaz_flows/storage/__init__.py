"""Workspaces in a bucket that machines share: what is fetched, what is kept, and by whom."""
