from micrograd_like.derivation.factors import Derivation as Derivation
from micrograd_like.derivation.factors import Path as Path
from micrograd_like.derivation.factors import derive as derive
