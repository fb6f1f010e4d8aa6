"""The screen on which the weights of the priority are set, with what they would change; it plans and visits nothing."""
