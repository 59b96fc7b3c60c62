"""Python's assignments, read by ``ast`` and never run: their formulas, and what they mean."""
