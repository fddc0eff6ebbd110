"""Write a trained classifier in forms that other programs read."""
