"""The losses as a named table: each term looks at one batch and returns one number.

A term is computed only where its weight is not zero, so a run pays for what it uses.
"""

from gan.losses.inputs import MIDDLE_LAYERS, WINDOWED, DiscriminatorFeedback, LossInputs, TeacherOutput
from gan.losses.table import LOSS_TABLE, PERCEPTUAL_TERMS, total_loss

__all__ = [
    "LOSS_TABLE",
    "MIDDLE_LAYERS",
    "PERCEPTUAL_TERMS",
    "WINDOWED",
    "DiscriminatorFeedback",
    "LossInputs",
    "TeacherOutput",
    "total_loss",
]
