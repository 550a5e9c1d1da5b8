"""The function that shares each record out to the workers of its pipeline."""
