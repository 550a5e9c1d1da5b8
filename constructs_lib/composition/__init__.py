"""Pure decisions: from a declaration to the plan of everything that will exist."""

from constructs_lib.composition.compose import plan_pipeline

__all__ = ["plan_pipeline"]
