"""What a name means where it stands: versions, the definition of each, what figures tell."""
