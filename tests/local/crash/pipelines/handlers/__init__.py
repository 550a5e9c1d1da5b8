"""Handlers of the crash cases."""
