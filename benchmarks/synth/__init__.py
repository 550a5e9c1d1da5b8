"""Synthesis: the library against the same resources written by hand with CDK's L2 constructs."""
