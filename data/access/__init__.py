"""Roles, callers and what they may see; it knows no password and no route."""
