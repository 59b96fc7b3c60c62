"""Lines to clauses: what belongs together, and what is only said in words."""
