"""The desk (``/desk/``): what waits for whoever is signed in, since when and until when."""
