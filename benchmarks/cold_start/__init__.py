"""The cold start of a handler: what is imported, and which clients are made, before the first record."""
