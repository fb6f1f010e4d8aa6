"""The map's settings, its tiles and points moved on it; it knows no drawer."""
