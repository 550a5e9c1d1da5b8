"""What an operator may do to a deployed schedule and its cursor, with evidence of who did it."""
