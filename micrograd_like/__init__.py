"""micrograd_like: a scalar autograd engine that shows its work."""

from micrograd_like import losses, nn, optim
from micrograd_like.engine import Constant, Value, apply, grad
from micrograd_like.errors import DomainError, MicrogradLikeError
from micrograd_like.gradcheck import gradcheck

__all__ = [
    "Constant",
    "DomainError",
    "MicrogradLikeError",
    "Value",
    "apply",
    "grad",
    "gradcheck",
    "losses",
    "nn",
    "optim",
]
