"""Handlers of the burst."""
