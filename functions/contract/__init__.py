"""Names and shapes that the deployed functions and the constructs agree on; needs nothing but the standard library."""
