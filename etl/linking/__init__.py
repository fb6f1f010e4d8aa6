"""Is this the same venue? Links of descriptions and merges in the database; the engine beneath knows no database."""
