"""Statuses through time: the periods and the days that the loader advances; the rule itself stands in SQL."""
