"""The losses as a named table: each term looks at one training example batch and returns one number.

A term is computed only where its weight is not zero, so a run pays for what it uses.
"""

from gan.losses.example import GREY, MIDDLE_LAYERS, Example, Judgement, Lesson
from gan.losses.table import LOSS_TABLE, PERCEPTUAL_TERMS, total_loss

__all__ = ["GREY", "LOSS_TABLE", "MIDDLE_LAYERS", "PERCEPTUAL_TERMS", "Example", "Judgement", "Lesson", "total_loss"]
