"""Which names, indices and functions a document has, found before its expressions are read."""
