"""The vocabulary that every layer above speaks: frozen base, names, units, kinds and the plan."""
