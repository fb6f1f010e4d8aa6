"""Weekly reports of wards and the district's: written, looked at, sent, gathered. It knows no SQL, draws no paper."""
