"""Programs for those who develop the product; the product imports nothing of them."""
