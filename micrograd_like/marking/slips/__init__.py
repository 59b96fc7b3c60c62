"""What a cause of mistakes is, and what it may use to predict what was written."""
