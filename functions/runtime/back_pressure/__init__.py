"""Back pressure: a dependency that fails is left alone until a probe succeeds, by all workers of all pipelines."""
