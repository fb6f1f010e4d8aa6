"""The review screen (``/review/``): descriptions and venues, pairs of venues, one at a time, decided by keyboard."""
