"""Who did what: notes of an entry, and the chain that shows a change; it knows no screen."""
