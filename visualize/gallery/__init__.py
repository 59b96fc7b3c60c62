"""The README's pictures: each is made by what it shows."""
