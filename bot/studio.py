"""The use-cases around making pictures, free of Discord objects: order, repeat, retry, correct, cancel, wait."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from statistics import median
from typing import TypeVar

from bot.intake import CleanImage, check_size, read_image
from bot.orders import Member, RestyleOrder, Upload, fresh_seed, options_of, repeat_of, retry_of
from bot.refusal import RefusedError
from bot.settings import Settings
from gan.mask.user_mask import load_user_mask
from gan.request import MaskEdit, Region
from storage import CorrectionPendingError, Store, TooManyJobsError
from storage.models import Job, JobStatus, NewJob, Render, Style

log = logging.getLogger(__name__)
Result = TypeVar("Result")

INTAKE_THREADS = 2
SECONDS_BEFORE_ANY_RENDER = 10.0
CORRECTED_ALREADY = "The mask of this result is being corrected already; wait for it or cancel it."


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """Where a job stands: how many are claimed before it, and the seconds until it is ready, as far as one can know."""

    ahead: int
    seconds: float


class Studio:
    """Takes orders and answers questions about them. Knows the store, not Discord and not the renderer."""

    def __init__(self, store: Store, settings: Settings, capacity: Callable[[], int] = lambda: 1) -> None:
        self._store = store
        self._settings = settings
        self._capacity = capacity
        self._threads = ThreadPoolExecutor(INTAKE_THREADS, "intake")
        self.on_submitted: Callable[[], None] = lambda: None
        self.on_cancelled: Callable[[str], None] = lambda job_id: None

    def close(self) -> None:
        """Stop the intake threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def check_cap(self, member_id: int) -> None:
        """Refuse a member at the cap before anything is promised; `queue` checks it again for good.

        Raises:
            TooManyJobsError: the member is at the cap.
        """
        active = len(await self._store.jobs.active(member_id))
        if active >= self._settings.jobs_per_member:
            raise TooManyJobsError(active, self._settings.jobs_per_member)

    async def check_style(self, guild_id: int, style_name: str | None, *, attached: bool) -> Style | None:
        """Return the saved style that an order names, or None when it brings its own.

        Raises:
            RefusedError: the style's name is unknown, or neither or both kinds of style are given.
        """
        if attached == (style_name is not None):
            raise RefusedError(
                "Please give me a style: attach an image as `style`, or choose a saved one as `style_name`, not both.",
                "neither or both kinds of style",
            )
        if style_name is None:
            return None
        style = await self._store.styles.get(guild_id, style_name)
        if style is None:
            raise RefusedError(
                "There is no saved style of that name here; `/style list` shows them all.",
                f"unknown style {style_name[:60]!r}",
            )
        return style

    def check_upload_size(self, filename: str, size: int) -> None:
        """Refuse a file by its announced size, before it is downloaded. Raises IntakeError."""
        check_size(size, filename, self._settings.upload_bytes)

    async def prepare(self, order: RestyleOrder) -> NewJob:
        """Check every file of an order and keep it.

        Raises:
            IntakeError: a file cannot be used.
            RenderError: the mask cannot be used with this garment.
            RefusedError: the style's name is unknown, or neither or both kinds of style are given.
        """
        garment = await self._read(order.garment)
        style_sha, style_name = await self._style_of(order)
        mask_sha = await self._mask_of(order, garment)
        wishes = order.wishes
        return NewJob(
            guild_id=order.member.guild_id,
            channel_id=order.member.channel_id,
            member_id=order.member.member_id,
            member_name=order.member.name,
            garment_sha=await self._keep(garment),
            style_sha=style_sha,
            mask_sha=mask_sha,
            mode=wishes.mode.value,
            style_name=style_name,
            note=wishes.note,
            options=options_of(wishes),
        )

    async def queue(self, new: NewJob, progress_message: tuple[int, int] | None = None) -> Job:
        """Queue a job; the row is there when this returns.

        Args:
            new: what is to be done.
            progress_message: channel and id of the message that will show the job's progress.

        Raises:
            TooManyJobsError: the member is at the cap.
            RefusedError: the result that it corrects is being corrected already.
        """
        channel_id, message_id = progress_message or (None, None)
        followed = replace(new, progress_channel_id=channel_id, progress_message_id=message_id)
        try:
            job = await self._store.jobs.submit(followed, self._settings.jobs_per_member)
        except CorrectionPendingError as error:
            raise RefusedError(CORRECTED_ALREADY, str(error)) from error
        log.info("job %s: queued for member %d in channel %d", job.id, job.member_id, job.channel_id)
        self.on_submitted()
        return job

    def again(self, render: Render, member: Member) -> NewJob:
        """A job that makes a render once more with new seeds, for whoever asks."""
        return replace(repeat_of(render, member), options={**render.options, "seed": fresh_seed()})

    async def retry(self, guild_id: int, job_id: str, member: Member) -> NewJob:
        """A job that does what another one was to do that failed or was cancelled.

        Raises:
            RefusedError: there is no such job, or it came to an end of its own.
        """
        job = await self._store.jobs.get(job_id)
        if job is None or job.guild_id != guild_id:
            raise RefusedError("I do not know this order any more; please send it again.", f"no job {job_id}")
        if job.status not in (JobStatus.FAILED, JobStatus.CANCELLED):
            raise RefusedError("This order is on its way or done already.", f"job {job_id} is {job.status}")
        return retry_of(job, member)

    async def correct_mask(self, render: Render, edit: MaskEdit, member: Member) -> NewJob:
        """A job that makes a render once more with a corrected mask; the result takes the place of the former one.

        The edit applies to the mask that the render used, so what the member saw is what is corrected. The seeds stay,
        and with them the variants.

        Raises:
            RefusedError: there is no mask to correct, no message to replace, nothing was changed, or the result is
                being corrected already.
            TooManyJobsError: the member is at the cap.
        """
        if render.mask_sha is None:
            raise RefusedError("This result has no mask that can be corrected.", f"render {render.id} has no mask")
        if render.message_id is None:
            raise RefusedError(
                "This result is just being posted; please press again in a moment.", f"render {render.id} is not posted"
            )
        if edit == MaskEdit():
            raise RefusedError("The mask is as it was; change it first.", "an edit that changes nothing")
        if pending := await self._store.jobs.correcting(render.message_id):
            raise RefusedError(CORRECTED_ALREADY, f"job {pending[0].id} corrects render {render.id}")
        await self.check_cap(render.member_id)
        return replace(
            repeat_of(render, member),
            channel_id=render.channel_id,
            member_id=render.member_id,
            member_name=render.member_name,
            mask_sha=render.mask_sha,
            options={**render.options, "region": Region.GARMENT.value, "mask_edit": asdict(edit)},
            replaces_message_id=render.message_id,
        )

    async def cancel(self, job_id: str, by: int) -> Job:
        """Cancel a waiting or running job; whether `by` may do so is the caller's to check.

        Raises:
            RefusedError: it is too late.
        """
        job = await self._store.jobs.cancel(job_id, by)
        if job is None:
            raise RefusedError(
                "It is too late to cancel: this job is no longer waiting or running.", f"job {job_id} is over"
            )
        log.info("job %s: cancelled by member %d", job_id, by)
        self.on_cancelled(job_id)
        return job

    async def place(self, job_id: str) -> QueuePlace | None:
        """Where a waiting job stands, or None when it no longer waits."""
        return (await self.places()).get(job_id)

    async def places(self) -> dict[str, QueuePlace]:
        """Where every waiting job stands, by id."""
        # In this order a job that is claimed meanwhile is missing, and not counted as running before itself.
        running = (await self._store.jobs.counts()).running
        each = await self.seconds_per_job()
        positions = await self._store.jobs.positions()
        return {
            # Those that run are half done on average.
            job_id: QueuePlace(ahead, each * (1 + (ahead + running / 2) / self._capacity()))
            for job_id, ahead in positions.items()
        }

    async def seconds_per_job(self) -> float:
        """How long a job takes, by the last ones."""
        recent = await self._store.jobs.recent_seconds()
        return median(recent) if recent else SECONDS_BEFORE_ANY_RENDER

    async def save_style(self, member: Member, name: str, upload: Upload, *, overwrite: bool = False) -> Style:
        """Keep a style under a name in the guild.

        Raises:
            IntakeError: the file cannot be used.
            InvalidStyleNameError, StyleExistsError: the name cannot be used.
        """
        image = await self._read(upload)
        sha = await self._keep(image)
        style = await self._store.styles.save(member.guild_id, name, sha, member.member_id, overwrite)
        log.info("style %r saved by member %d in guild %d", style.name, member.member_id, member.guild_id)
        return style

    async def image_sha(self, upload: Upload) -> str:
        """The name under which a picture would be kept, so that history finds the renders of an attached garment."""
        image = await self._read(upload)
        return await self._in_thread(lambda: hashlib.sha256(image.png()).hexdigest())

    async def _read(self, upload: Upload) -> CleanImage:
        return await self._in_thread(
            partial(read_image, upload.data, upload.filename, max_bytes=self._settings.upload_bytes)
        )

    async def _keep(self, image: CleanImage) -> str:
        return (await self._store.images.put(await self._in_thread(image.png))).sha

    async def _style_of(self, order: RestyleOrder) -> tuple[str, str | None]:
        saved = await self.check_style(order.member.guild_id, order.style_name, attached=order.style is not None)
        if saved is not None:
            return saved.image_sha, saved.name
        assert order.style is not None
        return await self._keep(await self._read(order.style)), None

    async def _mask_of(self, order: RestyleOrder, garment: CleanImage) -> str | None:
        """The member's mask: the attached one, else the transparency of the garment's own file."""
        if order.mask is not None:
            mask = await self._read(order.mask)
            data = await self._in_thread(mask.alpha_png) or await self._in_thread(mask.png)
        else:
            data = await self._in_thread(garment.alpha_png)
        if data is None:
            return None
        stored = await self._store.images.put(data)
        await self._in_thread(partial(load_user_mask, stored.path, garment.rgb.size))
        return stored.sha

    async def _in_thread(self, function: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function)
