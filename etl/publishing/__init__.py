"""What a list needs besides its steps: a signed manifest, the hour at which it goes out, what must not come back."""
