"""Seals each day of the ledger's archive that is over."""
