"""Sheets of personal codes: what they hold comes with a request, goes into a paper and is nowhere kept."""
