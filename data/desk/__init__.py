"""What people's requests write: received files, jobs, records of the field; it knows no loader."""
