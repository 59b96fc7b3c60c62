"""TeX's mathematics: characters to pieces, pieces to the tokens of worksheets."""
