"""What is sent by e-mail, to whom, and links that show one view to whoever has them."""
