"""The memory: knows SQLite and files; knows neither Discord nor tensors.

Start at `Store`. Everything a caller needs is exported here.
"""

from storage.errors import (
    ImageDamagedError,
    ImageError,
    ImageMissingError,
    InvalidCursorError,
    InvalidStyleNameError,
    JobNotFoundError,
    LeaseLostError,
    RenderNotFoundError,
    StorageClosedError,
    StorageError,
    StorageUnavailableError,
    StyleExistsError,
    TooManyJobsError,
)
from storage.ids import parse_id
from storage.models import (
    Job,
    JobStatus,
    NewJob,
    NewRender,
    NewVariant,
    QueueCounts,
    Render,
    RenderFilter,
    RenderOrder,
    RenderPage,
    RenderVariant,
    StoredImage,
    Style,
    StylePage,
    Tally,
)
from storage.store import Store

__all__ = [
    "ImageDamagedError",
    "ImageError",
    "ImageMissingError",
    "InvalidCursorError",
    "InvalidStyleNameError",
    "Job",
    "JobNotFoundError",
    "JobStatus",
    "LeaseLostError",
    "NewJob",
    "NewRender",
    "NewVariant",
    "QueueCounts",
    "Render",
    "RenderFilter",
    "RenderNotFoundError",
    "RenderOrder",
    "RenderPage",
    "RenderVariant",
    "StorageClosedError",
    "StorageError",
    "StorageUnavailableError",
    "Store",
    "StoredImage",
    "Style",
    "StyleExistsError",
    "StylePage",
    "Tally",
    "TooManyJobsError",
    "parse_id",
]
