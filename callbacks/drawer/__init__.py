"""The drawer from district to ward to venue, and why a venue stands where it stands; it knows no page."""
