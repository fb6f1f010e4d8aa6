"""Joining the main streets of the shipped basemap from points that lie along them."""
