"""From the steps of a workflow to a state machine, the functions of its steps, their grants, prices and alarms."""
