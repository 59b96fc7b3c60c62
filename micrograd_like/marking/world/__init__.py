"""What is true of a worksheet, at its own numbers and near them, before a line is judged."""
