"""Which visit first, and by which way: pure functions of rows. No SQL, no callbacks; of ours only texts and errors."""
