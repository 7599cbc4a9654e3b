"""The use-cases around making pictures, free of Discord objects: submit, repeat, correct, cancel, wait."""

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

from bot.errors import RefusedError
from bot.intake import CleanImage, check_size, read_image
from bot.orders import Member, RestyleOrder, Upload, fresh_seed, options_of, repeat_of
from bot.settings import Settings
from gan.mask.user_mask import load_user_mask
from gan.request import MaskEdit, Region
from storage import Store, TooManyJobsError
from storage.models import Job, NewJob, Render, Style

log = logging.getLogger(__name__)
Result = TypeVar("Result")

INTAKE_THREADS = 2
SECONDS_BEFORE_ANY_RENDER = 10.0


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
        """Refuse a member at the cap before any file is downloaded; `submit` checks it again for good.

        Raises:
            TooManyJobsError: the member is at the cap.
        """
        active = len(await self._store.jobs.active(member_id))
        if active >= self._settings.jobs_per_member:
            raise TooManyJobsError(active, self._settings.jobs_per_member)

    def check_upload_size(self, filename: str, size: int) -> None:
        """Refuse a file by its announced size, before it is downloaded. Raises IntakeError."""
        check_size(size, filename, self._settings.upload_bytes)

    async def submit(self, order: RestyleOrder, progress_message_id: int | None = None) -> Job:
        """Check every file, keep them and queue the job; the row is there when this returns.

        Args:
            order: what is asked for.
            progress_message_id: the message in the member's channel that will show the job's progress.

        Raises:
            IntakeError: a file cannot be used.
            RenderError: the mask cannot be used with this garment.
            RefusedError: the style's name is unknown, or neither or both kinds of style are given.
            TooManyJobsError: the member is at the cap.
        """
        garment = await self._read(order.garment)
        style_sha, style_name = await self._style_of(order)
        mask_sha = await self._mask_of(order, garment)
        wishes = order.wishes
        return await self._queue(
            NewJob(
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
            ),
            progress_message_id,
        )

    async def again(self, render: Render, member: Member, progress_message_id: int | None = None) -> Job:
        """Queue a render once more with new seeds, for whoever asks; see `submit`."""
        options = {**render.options, "seed": fresh_seed()}
        return await self._queue(replace(repeat_of(render, member), options=options), progress_message_id)

    async def correct_mask(self, render: Render, edit: MaskEdit, member: Member) -> Job:
        """Queue a render once more with a corrected mask; the result takes the place of the former one.

        The edit applies to the mask that the render used, so what the member saw is what is corrected. The seeds stay,
        and with them the variants.

        Raises:
            RefusedError: there is no mask to correct, no message to replace, or nothing was changed.
        """
        if render.mask_sha is None or render.message_id is None:
            raise RefusedError("This result has no mask that can be corrected.", f"render {render.id} has no mask")
        if edit == MaskEdit():
            raise RefusedError("The mask is as it was; change it first.", "an edit that changes nothing")
        options = {**render.options, "region": Region.GARMENT.value, "mask_edit": asdict(edit)}
        return await self._queue(
            replace(
                repeat_of(render, member),
                channel_id=render.channel_id,
                member_id=render.member_id,
                member_name=render.member_name,
                mask_sha=render.mask_sha,
                options=options,
                replaces_message_id=render.message_id,
            )
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
        if (order.style is None) == (order.style_name is None):
            raise RefusedError(
                "Please give me a style: attach an image as `style`, or choose a saved one as `style_name`, not both.",
                "neither or both kinds of style",
            )
        if order.style is not None:
            return await self._keep(await self._read(order.style)), None
        assert order.style_name is not None
        style = await self._store.styles.get(order.member.guild_id, order.style_name)
        if style is None:
            raise RefusedError(
                "There is no saved style of that name here; `/style list` shows them all.",
                f"unknown style {order.style_name[:60]!r}",
            )
        return style.image_sha, style.name

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

    async def _queue(self, new: NewJob, progress_message_id: int | None = None) -> Job:
        job = await self._store.jobs.submit(new, self._settings.jobs_per_member)
        if progress_message_id is not None:
            await self._store.jobs.set_progress_message(job.id, new.channel_id, progress_message_id)
            job = replace(job, progress_channel_id=new.channel_id, progress_message_id=progress_message_id)
        log.info("job %s: queued for member %d in channel %d", job.id, job.member_id, job.channel_id)
        self.on_submitted()
        return job

    async def _in_thread(self, function: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function)
