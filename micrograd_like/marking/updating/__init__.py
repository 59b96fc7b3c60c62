"""Lines that renew a weight, and what gradient descent gives for them."""
