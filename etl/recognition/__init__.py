"""What a sheet is: its header, its columns, its kind; it reads no file and judges no row."""
