"""What the worker does, one module a kind of job (``etl.worker`` lists them)."""
