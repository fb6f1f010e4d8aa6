"""People, passwords, sessions and their administration; it knows no route."""
