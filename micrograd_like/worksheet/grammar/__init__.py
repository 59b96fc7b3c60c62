"""The grammar of worksheets: the tokens of a clause to a statement, rule upon rule."""
