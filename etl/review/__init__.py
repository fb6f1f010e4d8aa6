"""What people decide about described venues and proposals is written here; it knows no file and no reader."""
