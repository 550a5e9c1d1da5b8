"""Steps of workflows: one record for each call of Lambda, and errors that a state machine can tell apart."""
