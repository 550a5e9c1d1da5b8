"""Files that the bundle of a function carries beside its code."""

PARAMETERS_FILE = "parameters.schema.json"
"""The JSON Schema of a request's path, query and headers, beside the contract's."""
RESPONSE_FILE = "response.schema.json"
"""The JSON Schema of a response."""
CONTRACT_FILE = "contract.schema.json"
"""The contract's JSON Schema, at the root of the bundle."""
