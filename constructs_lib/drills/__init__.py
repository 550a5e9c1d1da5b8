"""Drills: what a pipeline and its handler must stand, tried on an AWS in memory."""
