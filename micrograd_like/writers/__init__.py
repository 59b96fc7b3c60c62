"""Records to text, LaTeX, JSON, CSV and HTML. Nothing is computed here."""
