"""What the declaration names."""
