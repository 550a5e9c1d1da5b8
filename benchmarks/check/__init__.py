"""Checking declarations without Node, against synthesising them."""
