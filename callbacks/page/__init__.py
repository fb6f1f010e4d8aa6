"""The page as a whole: its frame, its figures and table, and how they answer; each part stands beside it."""
