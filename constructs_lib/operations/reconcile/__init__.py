"""Whether everything that a pipeline accepted came to something: proved by message id, and the unexplained named."""
