"""Run the mask network on a picture of any size."""

from __future__ import annotations

import cv2
import numpy as np
import torch

from gan.mask.inputs import WORKING_SIZE, network_inputs, working_shape
from gan.mask.network import MaskNetwork


def predict(network: MaskNetwork, garment: np.ndarray, long_side: int = WORKING_SIZE) -> np.ndarray:
    """Return the probability of garment, H×W float32 at the picture's own size, averaged over the flipped picture."""
    plain, flipped = predict_both_ways(network, garment, long_side)
    height, width = garment.shape[:2]
    return cv2.resize((plain + flipped) / 2, (width, height), interpolation=cv2.INTER_LINEAR)


@torch.inference_mode()
def predict_both_ways(
    network: MaskNetwork, garment: np.ndarray, long_side: int = WORKING_SIZE
) -> tuple[np.ndarray, np.ndarray]:
    """Look at a picture as it is and mirrored.

    Args:
        network: in evaluation mode.
        garment: H×W×3 uint8 RGB.
        long_side: of the working shape.

    Returns:
        Two h×w float32 probabilities at the working shape, both as the picture lies.
    """
    plain = network_inputs(at_working_shape(garment, long_side))
    # The coordinate channel must not be mirrored with the picture.
    mirrored = plain[:, :, ::-1].copy()
    mirrored[4] = plain[4]
    device = next(network.parameters()).device
    both = torch.from_numpy(np.stack([plain, mirrored])).to(device, memory_format=torch.channels_last)
    probability = torch.sigmoid(network(both).float())[:, 0].cpu().numpy()
    return probability[0], np.ascontiguousarray(probability[1, :, ::-1])


def at_working_shape(picture: np.ndarray, long_side: int = WORKING_SIZE) -> np.ndarray:
    """Return an H×W×3 picture at the network's working shape."""
    rows, columns = working_shape(picture.shape[0], picture.shape[1], long_side)
    shrinks = max(picture.shape[:2]) > max(rows, columns)
    return cv2.resize(picture, (columns, rows), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
