"""The compiled tape: a graph recorded once, lowered to steps, run over many samples."""
