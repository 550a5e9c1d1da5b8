"""Runs of workflows in an operator's hands: going on after a failure, and the answers that gates wait for."""
