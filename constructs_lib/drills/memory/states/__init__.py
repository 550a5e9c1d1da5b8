"""Step Functions in memory: Amazon States Language with JSONata on a simulated clock, as AWS documents it."""
