"""Code that runs inside AWS Lambda: the runtime of every pipeline and the platform's own small functions."""
