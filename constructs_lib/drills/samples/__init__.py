"""Sample records: valid ones of a pipeline, as many as are asked for, each with an identity of its own."""
