"""Handlers of pipelines that an operator's commands are tried on."""
