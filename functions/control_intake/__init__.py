"""The platform's own function that slows a pipeline's intake while its dependency is left alone, and restores it."""
