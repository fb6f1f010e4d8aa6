"""Learning the shipped weights of the linking engine from invented examples."""
