"""What an operator does with a deployed pipeline, by the names of its plan: read the ledger, replay dead letters."""
