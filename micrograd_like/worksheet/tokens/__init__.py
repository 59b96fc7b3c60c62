"""From characters to tokens: what a line is made of, before anything is understood."""
