"""What anybody may read without an account: the published lists, their files, and how to verify them."""
