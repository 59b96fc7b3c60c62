"""Records to text, LaTeX and JSON. Nothing is computed here."""
