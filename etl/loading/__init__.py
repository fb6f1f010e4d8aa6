"""A checked table goes into the database: kinds, events, rows that wait; it knows no reader and no sheet."""
