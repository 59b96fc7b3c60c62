"""Verdicts: what a learner has written, laid beside what is true and what they had so far."""
