"""The import screen (``/imports/``): from a file on a clerk's desk to a load, and back."""
