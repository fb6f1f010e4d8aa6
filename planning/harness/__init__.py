"""How good an order of visits is: any order, given as CSV, against what the visits found."""
