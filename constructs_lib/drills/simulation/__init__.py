"""A random world for each seed: workers interleaved at every AWS call, faults of all kinds, checks at its end."""
