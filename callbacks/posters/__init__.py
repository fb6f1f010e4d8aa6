"""Posters of location codes, many in a file, and the screen for a tablet at the door."""
