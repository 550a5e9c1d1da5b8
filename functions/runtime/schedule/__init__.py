"""Schedules: whose turn it is, what was missed, and how far a pull has come.

A schedule has one item in the state table that says which of its ticks are in progress, and one for its cursor. Both
are changed only from the state that was read. Every step can be repeated: a tick that comes again finds its turn kept,
its successor sent or not, and sends it again; a message too many finds its run token completed.
"""
