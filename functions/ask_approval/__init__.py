"""The function that asks a person and keeps the question until it is answered."""
