"""Two generators' weights mixed into one: a choice between exact and lively after training."""

from __future__ import annotations

from pathlib import Path

from gan.networks.generator import Generator
from gan.request import RenderError
from gan.training.checkpoint import save_weights, take_weights


def blend_weights(first: Path, second: Path, share: float, out: Path) -> Generator:
    """Write and return the generator that lies between two.

    Wang et al., "ESRGAN" (2018), section 3.4, network interpolation: of a generator trained without discriminators and
    one that went on with them from the same weights, the mixture keeps most of what either is better at.

    Args:
        first: safetensors file or checkpoint.
        second: one that was trained on from the same weights; strangers' mixtures render nothing.
        share: of the second, 0 to 1.
        out: file to write.

    Raises:
        RenderError: a file is missing or holds another network, or the share is no share.
    """
    if not 0 <= share <= 1:
        raise RenderError(f"The second generator's share is a number from 0 to 1, not {share:g}.")
    blended, other = Generator(), Generator()
    take_weights(first, blended)
    take_weights(second, other)
    theirs = other.state_dict()
    blended.load_state_dict({name: own.lerp(theirs[name], share) for name, own in blended.state_dict().items()})
    save_weights(blended, out)
    return blended
