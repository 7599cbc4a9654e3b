"""What the dispatcher tells about jobs, and to whom."""

from __future__ import annotations

from typing import Protocol

from gan.request import Progress
from storage.models import Job


class JobListener(Protocol):
    """Who wants to know how jobs go. Every method returns at once."""

    def job_started(self, job: Job) -> None:
        """The job was claimed and renders."""

    def job_progressed(self, job_id: str, progress: Progress) -> None:
        """The render took a step."""

    def job_requeued(self, job: Job) -> None:
        """The render was interrupted and the job waits again."""

    def job_rendered(self, job_id: str) -> None:
        """The render is recorded and wants to be delivered."""

    def job_failed(self, job: Job) -> None:
        """No further attempt will be made and the member wants to be told."""
