"""Plans of days: which visits, by which teams, in which order; a screen for whoever may inspect. Knows no SQL."""
