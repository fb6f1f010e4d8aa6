"""How fast people travel between stops, and how much longer a way is than the straight line."""

from typing import Literal

Travel = Literal["foot", "motorbike"]

KMH: dict[Travel, float] = {"foot": 4.5, "motorbike": 20.0}
"""Kilometres an hour, stops at lights and turns included: the figures that routes were tried with."""
DETOUR = 1.35
"""A way through the streets of a town, as a multiple of the straight line."""
