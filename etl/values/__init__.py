"""Single values as clerks write them: days, numbers, words, points, encodings; it knows no sheet and no table."""
