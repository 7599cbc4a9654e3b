"""The queue keeps its promises: one owner a job, fair turns, three attempts, nothing written by a stale worker."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage import (
    CorrectionPendingError,
    JobNotFoundError,
    JobStatus,
    LeaseLostError,
    Store,
    TooManyJobsError,
    parse_id,
)
from tests.storage.conftest import CHANNEL, GUILD, Clock, claim, new_job, new_render


async def claim_members(store: Store) -> list[int]:
    """Claim everything that waits and say whose it was, in order."""
    members = []
    while job := await store.jobs.claim("worker", 60):
        members.append(job.member_id)
    return members


async def submit_many(store: Store, member_id: int, count: int) -> list[str]:
    return [(await store.jobs.submit(new_job(member_id), cap=100)).id for _ in range(count)]


async def test_a_job_comes_back_as_it_was_asked_for(store: Store, clock: Clock) -> None:
    asked = new_job(
        mask_sha="d" * 64,
        mode="paint",
        style_name="Navy Gingham",
        note="für den Sommer 🧵",
        options={"variants": 3, "scale": 0.5, "mask_edit": {"grow": -1}},
        parent_id="ABCDEFGH",
        replaces_message_id=5,
    )
    job = await store.jobs.submit(asked, cap=1)
    assert await store.jobs.get(job.id) == job
    assert {name: getattr(job, name) for name in asked.__dataclass_fields__} == {
        name: getattr(asked, name) for name in asked.__dataclass_fields__
    }
    assert (job.status, job.attempts, job.created_at.timestamp()) == (JobStatus.QUEUED, 0, clock.now)
    assert parse_id(job.id) == job.id


async def test_the_cap_counts_active_jobs_of_the_member_only(store: Store) -> None:
    first = await store.jobs.submit(new_job(1), cap=2)
    await store.jobs.submit(new_job(1, guild_id=GUILD + 1), cap=2)
    with pytest.raises(TooManyJobsError) as refusal:
        await store.jobs.submit(new_job(1), cap=2)
    assert (refusal.value.active, refusal.value.cap) == (2, 2)
    await store.jobs.submit(new_job(2), cap=2)
    await store.jobs.cancel(first.id, by=1)
    await store.jobs.submit(new_job(1), cap=2)


async def test_twenty_jobs_of_one_member_do_not_hold_up_anothers_first(store: Store) -> None:
    await submit_many(store, 1, 20)
    assert (await claim(store)).member_id == 1
    await submit_many(store, 2, 2)
    await submit_many(store, 3, 1)
    assert (await claim_members(store))[:5] == [2, 3, 1, 2, 1]


async def test_members_alternate_and_keep_their_own_order(store: Store) -> None:
    first = await submit_many(store, 1, 3)
    second = await submit_many(store, 2, 3)
    claimed = [(await claim(store)).id for _ in range(6)]
    assert claimed == [first[0], second[0], first[1], second[1], first[2], second[2]]


async def test_who_was_just_served_waits_for_who_was_not(store: Store) -> None:
    for _ in range(3):
        await store.jobs.submit(new_job(1), cap=100)
        job = await claim(store)
        await store.jobs.complete(job.id, "worker", new_render())
    await submit_many(store, 1, 1)
    await submit_many(store, 2, 1)
    assert await claim_members(store) == [2, 1]


async def test_nobody_saves_up_turns_by_staying_away(store: Store) -> None:
    await submit_many(store, 1, 10)
    for _ in range(10):
        await claim(store)
    await submit_many(store, 1, 2)
    await submit_many(store, 2, 5)
    # Member 2 never asked for anything, and yet does not get ten renders ahead of member 1.
    assert (await claim_members(store))[:4] == [2, 1, 2, 1]


async def test_cancelling_a_batch_gives_its_turns_back(store: Store) -> None:
    ids = await submit_many(store, 1, 20)
    await submit_many(store, 2, 3)
    for job_id in ids[:19]:
        await store.jobs.cancel(job_id, by=1)
    assert await claim_members(store) == [1, 2, 2, 2]


async def test_cancelled_jobs_do_not_count_against_their_member(store: Store) -> None:
    await submit_many(store, 2, 3)
    for job_id in reversed(await submit_many(store, 1, 5)):
        await store.jobs.cancel(job_id, by=1)
    await submit_many(store, 1, 1)
    assert await claim_members(store) == [2, 1, 2, 2]


async def test_positions_are_the_order_of_claiming(store: Store) -> None:
    await submit_many(store, 1, 4)
    await claim(store)
    await submit_many(store, 2, 2)
    await submit_many(store, 3, 1)
    positions = await store.jobs.positions()
    assert list(positions.values()) == list(range(6))
    assert [(await claim(store)).id for _ in range(6)] == list(positions)
    assert await store.jobs.positions() == {}


async def test_an_expired_lease_is_claimed_again_and_the_former_owner_is_refused(store: Store, clock: Clock) -> None:
    job = await store.jobs.submit(new_job(), cap=1)
    await claim(store, "old", lease_seconds=10)
    clock.pass_(9)
    assert await store.jobs.claim("new", 10) is None
    await store.jobs.extend_lease(job.id, "old", 10)
    clock.pass_(9)
    assert await store.jobs.claim("new", 10) is None
    clock.pass_(1)
    again = await claim(store, "new")
    assert (again.id, again.attempts, again.owner) == (job.id, 2, "new")
    for stale in (
        store.jobs.extend_lease(job.id, "old", 10),
        store.jobs.release(job.id, "old", "late"),
        store.jobs.put_back(job.id, "old"),
        store.jobs.fail(job.id, "old", "late"),
        store.jobs.complete(job.id, "old", new_render()),
    ):
        with pytest.raises(LeaseLostError):
            await stale
    assert await store.jobs.get(job.id) == again
    assert await store.renders.get(GUILD, job.id) is None


async def test_an_orderly_stop_costs_no_attempt(store: Store) -> None:
    job = await store.jobs.submit(new_job(), cap=1)
    for _ in range(5):
        assert (await claim(store)).attempts == 1
        assert (await store.jobs.put_back(job.id, "worker")).status is JobStatus.QUEUED
    assert await store.jobs.unreported() == ()


async def test_after_three_releases_the_job_has_failed_and_waits_to_be_reported(store: Store) -> None:
    job = await store.jobs.submit(new_job(), cap=1)
    for attempt in (1, 2, 3):
        assert (await claim(store)).attempts == attempt
        released = await store.jobs.release(job.id, "worker", f"crash {attempt}")
    assert (released.status, released.reason) == (JobStatus.FAILED, "crash 3")
    assert await store.jobs.claim("worker", 60) is None
    assert [failed.id for failed in await store.jobs.unreported()] == [job.id]
    await store.jobs.mark_reported(job.id)
    assert await store.jobs.unreported() == ()


async def test_a_lease_that_expires_counts_as_an_attempt(store: Store, clock: Clock) -> None:
    job = await store.jobs.submit(new_job(), cap=1)
    for _ in range(3):
        await claim(store, lease_seconds=1)
        clock.pass_(2)
    assert await store.jobs.claim("worker", 1) is None
    (failed,) = await store.jobs.fail_exhausted()
    assert failed.id == job.id and failed.status is JobStatus.FAILED
    assert failed.reason and "3 times" in failed.reason
    assert (await store.jobs.unreported()) == (failed,)


async def test_fail_exhausted_fails_what_nobody_claims(store: Store, clock: Clock) -> None:
    job = await store.jobs.submit(new_job(), cap=1)
    for _ in range(3):
        await claim(store, lease_seconds=1)
        clock.pass_(2)
    assert [failed.id for failed in await store.jobs.fail_exhausted()] == [job.id]
    assert await store.jobs.fail_exhausted() == ()


async def test_a_clock_that_jumps_takes_no_job_from_who_works_on_it(store: Store, clock: Clock) -> None:
    job = await store.jobs.submit(new_job(), cap=9)
    for _ in range(3):
        await claim(store, lease_seconds=60)
        clock.pass_(3600)
        assert await store.jobs.claim("worker", 60, at_work=[job.id]) is None
        assert await store.jobs.fail_exhausted(at_work=[job.id]) == ()
    # Whoever does not work on it any more gets it back as before.
    assert [failed.id for failed in await store.jobs.fail_exhausted()] == [job.id]


async def test_a_message_is_corrected_by_one_job_at_a_time(store: Store) -> None:
    first = await store.jobs.submit(new_job(replaces_message_id=42), cap=9)
    await store.jobs.submit(new_job(replaces_message_id=43), cap=9)
    for step in (store.jobs.claim("worker", 60), store.jobs.complete(first.id, "worker", new_render())):
        with pytest.raises(CorrectionPendingError):
            await store.jobs.submit(new_job(replaces_message_id=42), cap=9)
        assert [job.id for job in await store.jobs.correcting(42)] == [first.id]
        await step
    with pytest.raises(CorrectionPendingError):
        await store.jobs.submit(new_job(replaces_message_id=42), cap=9)
    await store.jobs.mark_delivered(first.id, CHANNEL, 42)
    assert await store.jobs.correcting(42) == ()
    await store.jobs.submit(new_job(replaces_message_id=42), cap=9)


async def test_what_was_delivered_last_comes_first(store: Store, clock: Clock) -> None:
    ids = await submit_many(store, 1, 3)
    for message_id, job_id in enumerate(ids, 1):
        await claim(store)
        await store.jobs.complete(job_id, "worker", new_render())
        clock.pass_(1)
        await store.jobs.mark_delivered(job_id, CHANNEL, message_id)
    assert [job.id for job in await store.jobs.last_delivered(2)] == [ids[2], ids[1]]


async def test_a_failure_that_no_attempt_can_save_ends_at_once(store: Store) -> None:
    job = await store.jobs.submit(new_job(), cap=1)
    await claim(store)
    failed = await store.jobs.fail(job.id, "worker", "The garment cannot be read.")
    assert (failed.status, failed.reason, failed.lease_expires_at) == (
        JobStatus.FAILED,
        "The garment cannot be read.",
        None,
    )
    assert await store.jobs.claim("worker", 60) is None


async def test_a_running_job_that_is_cancelled_refuses_its_result(store: Store) -> None:
    job = await store.jobs.submit(new_job(), cap=1)
    await claim(store)
    cancelled = await store.jobs.cancel(job.id, by=7)
    assert cancelled is not None and cancelled.status is JobStatus.CANCELLED
    with pytest.raises(LeaseLostError) as lost:
        await store.jobs.extend_lease(job.id, "worker", 60)
    assert lost.value.job is not None and lost.value.job.status is JobStatus.CANCELLED
    with pytest.raises(LeaseLostError):
        await store.jobs.complete(job.id, "worker", new_render())
    assert await store.renders.get(GUILD, job.id) is None
    assert await store.jobs.cancel(job.id, by=7) is None
    assert await store.jobs.claim("worker", 60) is None


async def test_what_is_finished_cannot_be_cancelled(store: Store) -> None:
    job = await store.jobs.submit(new_job(), cap=1)
    await claim(store)
    await store.jobs.complete(job.id, "worker", new_render())
    assert await store.jobs.cancel(job.id, by=1) is None
    assert await store.jobs.cancel("NOSUCHID", by=1) is None


async def test_a_result_is_a_render_to_be_delivered_once(store: Store, clock: Clock) -> None:
    job = await store.jobs.submit(new_job(note="hello", options={"seed": 3}), cap=1)
    await claim(store)
    clock.pass_(8)
    render = await store.jobs.complete(job.id, "worker", new_render(3, doubt="The mask is unsure.", style_use="motif"))
    assert (render.id, render.note, render.options, render.message_id) == (job.id, "hello", {"seed": 3}, None)
    assert [variant.number for variant in render.variants] == [1, 2, 3]
    assert (render.doubt, render.style_use) == ("The mask is unsure.", "motif")
    assert [waiting.id for waiting in await store.jobs.undelivered()] == [job.id]
    assert await store.jobs.recent_seconds() == (8.0,)

    delivered = await store.jobs.mark_delivered(job.id, CHANNEL + 1, 42)
    assert (delivered.channel_id, delivered.message_id) == (CHANNEL + 1, 42)
    assert await store.jobs.undelivered() == ()
    assert await store.jobs.mark_delivered(job.id, CHANNEL + 1, 42) == delivered
    with pytest.raises(JobNotFoundError):
        await store.jobs.mark_delivered(job.id, CHANNEL + 1, 43)


async def test_only_rendered_jobs_can_be_delivered(store: Store) -> None:
    job = await store.jobs.submit(new_job(), cap=1)
    for job_id in (job.id, "NOSUCHID"):
        with pytest.raises(JobNotFoundError):
            await store.jobs.mark_delivered(job_id, CHANNEL, 1)


async def test_a_correction_takes_the_place_of_its_parent_on_the_message(store: Store) -> None:
    first = await store.jobs.submit(new_job(), cap=9)
    await claim(store)
    await store.jobs.complete(first.id, "worker", new_render())
    await store.jobs.mark_delivered(first.id, CHANNEL, 42)
    await store.votes.cast(42, 1, 5)
    second = await store.jobs.submit(new_job(parent_id=first.id, replaces_message_id=42), cap=9)
    await claim(store)
    await store.jobs.complete(second.id, "worker", new_render())
    await store.jobs.mark_delivered(second.id, CHANNEL, 42)

    shown = await store.renders.by_message(42)
    assert shown is not None and (shown.id, shown.votes, shown.parent_id) == (second.id, 0, first.id)
    former = await store.renders.get(GUILD, first.id)
    assert former is not None and (former.superseded_by, former.votes) == (second.id, 1)
    assert [render.id for render in (await store.renders.page(GUILD)).renders] == [second.id]
    assert await store.jobs.mark_delivered(second.id, CHANNEL, 42) == shown


async def test_the_progress_message_is_remembered(store: Store) -> None:
    job = await store.jobs.submit(new_job(progress_channel_id=CHANNEL, progress_message_id=77), cap=1)
    kept = await store.jobs.get(job.id)
    assert kept is not None and (kept.progress_channel_id, kept.progress_message_id) == (CHANNEL, 77)


async def test_active_and_counts_say_what_waits_and_runs(store: Store) -> None:
    mine = await submit_many(store, 1, 3)
    await submit_many(store, 2, 1)
    await claim(store)
    await store.jobs.cancel(mine[2], by=1)
    assert [job.id for job in await store.jobs.active(1)] == mine[:2]
    counts = await store.jobs.counts()
    assert (counts.queued, counts.running) == (2, 1)


async def test_forgetting_keeps_what_is_still_to_do_and_every_render(store: Store, clock: Clock) -> None:
    delivered, failed, waiting = await submit_many(store, 1, 3)
    await claim(store)
    await store.jobs.complete(delivered, "worker", new_render())
    await store.jobs.mark_delivered(delivered, CHANNEL, 1)
    await claim(store)
    unreported = await store.jobs.fail(failed, "worker", "no")
    clock.pass_(3600)
    assert unreported.finished_at is not None
    before = (await store.jobs.submit(new_job(2), cap=1)).created_at
    assert await store.jobs.forget_finished(before) == 1
    assert await store.jobs.get(delivered) is None
    assert await store.renders.get(GUILD, delivered) is not None
    assert await store.jobs.get(failed) is not None and await store.jobs.get(waiting) is not None


@pytest.mark.parametrize(
    ("typed", "read"),
    [("abcd-efgh", "ABCDEFGH"), (" #o1il 2345 ", "01112345"), ("ABCDEFG", None), ("ABCDEFGU", None), ("", None)],
)
def test_ids_are_read_as_people_type_them(typed: str, read: str | None) -> None:
    assert parse_id(typed) == read


async def test_a_lone_process_takes_over_what_its_predecessor_held(store: Store) -> None:
    for _ in range(2):
        await store.jobs.submit(new_job(), cap=9)
    orphan, mine = await claim(store, "dead"), await claim(store, "alive")
    assert [job.id for job in await store.jobs.release_others("alive", "The bot was restarted.")] == [orphan.id]
    assert await store.jobs.get(mine.id) == mine
    for _ in range(2):
        assert (await claim(store, "dead")).id == orphan.id
        (released,) = await store.jobs.release_others("alive", "The bot was restarted.")
    assert (released.status, released.reason) == (JobStatus.FAILED, "The bot was restarted.")
    assert (await store.jobs.unreported()) == (released,)


async def test_a_result_that_cannot_be_posted_ends_and_stays_in_the_history(store: Store) -> None:
    job = await store.jobs.submit(new_job(), cap=1)
    with pytest.raises(JobNotFoundError):
        await store.jobs.abandon(job.id, "too early")
    await claim(store)
    await store.jobs.complete(job.id, "worker", new_render())
    await store.jobs.abandon(job.id, "The channel is gone.")
    assert await store.jobs.undelivered() == () and await store.jobs.unreported() == ()
    assert await store.renders.get(GUILD, job.id) is not None


async def test_how_many_attempts_are_allowed_can_be_set(tmp_path: Path) -> None:
    async with await Store.open(tmp_path, max_attempts=1) as store:
        job = await store.jobs.submit(new_job(), cap=1)
        await claim(store)
        assert (await store.jobs.release(job.id, "worker", "crash")).status is JobStatus.FAILED
