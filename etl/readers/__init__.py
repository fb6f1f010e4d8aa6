"""Bytes become cells, format by format; a reader knows no kind of file and no column."""
