"""How much of a fault the tests notice: small faults are put into the code one at a time, and the tests are run."""
