"""What outlives its stack."""

from __future__ import annotations

from aws_cdk import RemovalPolicy

KEPT = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
"""Kept when the stack goes, but not after a first deployment that failed: a name left behind fails the next one too.

Tables are kept even then: their deletion protection would turn the rollback into a second failure.
"""
