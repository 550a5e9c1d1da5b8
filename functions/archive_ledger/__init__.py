"""Archives what the ledger's stream tells, and notices what must not happen to the ledger."""
