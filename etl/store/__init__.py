"""The files themselves, kept by their SHA-256 and forgotten in time; it knows nothing of what is in them."""
