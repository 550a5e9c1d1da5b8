"""The function that tells of runs which ended without a word of their own: timed out, aborted, or failed outright."""
