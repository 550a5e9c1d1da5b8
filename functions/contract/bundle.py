"""Files that the bundle of a function carries beside its code."""

CONTRACT_FILE = "contract.schema.json"
"""The contract's JSON Schema, at the root of the bundle."""
