"""Whether reminders and visits work (``/effects/``): figures for the Command, each with what it cannot prove."""
