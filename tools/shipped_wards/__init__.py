"""Computing the shipped outlines of the 17 wards from published figures."""
