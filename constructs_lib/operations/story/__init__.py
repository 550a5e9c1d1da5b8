"""The story of one record: everything that happened to it, in order, as the ledger has it."""
