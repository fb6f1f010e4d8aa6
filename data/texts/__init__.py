"""The screen's words in two languages, and sentences made of them; it knows no screen."""
