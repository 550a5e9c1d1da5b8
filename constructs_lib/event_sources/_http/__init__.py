"""The parts of an HTTP route: what its declaration says, what it brings to the plan, and the resources of both APIs."""
