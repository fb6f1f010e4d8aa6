"""Awkward files as offices send them: each case says what it imitates and what must become of it."""
