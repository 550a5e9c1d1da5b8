"""One batch of SQS records: our runner against the same work on Powertools' batch and idempotency."""
