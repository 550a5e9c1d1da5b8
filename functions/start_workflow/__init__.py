"""The function that starts a run of the workflow for each record of its pipeline."""
