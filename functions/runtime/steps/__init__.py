"""Steps of workflows: large values by reference, results that are kept, errors that a state machine tells apart."""
