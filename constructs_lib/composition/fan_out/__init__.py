"""What sharing out adds to a pipeline: what hands parts over, and a queue, a function and a role for each worker."""
