"""Whether the evidence of a pipeline is whole: table, archive, seals and their chain are compared with each other."""
