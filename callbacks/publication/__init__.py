"""The screen of publication (``/publication/``): the board, one list with its entries, approval, channels, versions."""
