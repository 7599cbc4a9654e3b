"""Where the weights lie that come with the package. Importing this loads nothing."""

from __future__ import annotations

from pathlib import Path

WEIGHTS = Path(__file__).parent / "weights"
GENERATOR = WEIGHTS / "generator.safetensors"
MASK = WEIGHTS / "mask.safetensors"
PARTS = WEIGHTS / "parts.safetensors"
GARMENT_JUDGE = WEIGHTS / "subject.safetensors"
SCENE_JUDGE = WEIGHTS / "scene.safetensors"
FACES = WEIGHTS / "faces.onnx"
