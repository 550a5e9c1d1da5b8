"""Pipelines on an embedded AWS: emulator, proxy, deployment, and stories that show it."""
