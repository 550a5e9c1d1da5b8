"""Serverless data pipelines on AWS."""
