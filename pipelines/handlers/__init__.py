"""The handlers of the example pipelines: what a user of the library writes."""
