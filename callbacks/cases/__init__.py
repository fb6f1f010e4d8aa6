"""The screen of cases (``/cases/``): what is open and until when, one case with its history, and its steps as forms."""
