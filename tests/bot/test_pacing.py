import asyncio

from bot.pacing import PacedEditor
from tests.bot.reading import eventually


class Board:
    """Notes which edits were made, in order."""

    def __init__(self, editor):
        self.editor = editor
        self.made = []

    def ask(self, channel, message, state, **options):
        async def edit():
            self.made.append((channel, message, state))

        self.editor.request(channel, message, edit, **options)


async def test_the_newest_state_wins_and_the_channel_rests():
    editor = PacedEditor(0.5)
    board = Board(editor)
    board.ask(1, 10, "first")
    await eventually(lambda: board.made == [(1, 10, "first")])
    for state in ("second", "third", "fourth"):
        board.ask(1, 10, state)
    await asyncio.sleep(0)
    assert len(board.made) == 1
    await eventually(lambda: board.made[1:] == [(1, 10, "fourth")])
    await editor.close()


async def test_channels_do_not_wait_for_each_other():
    editor = PacedEditor(60)
    board = Board(editor)
    for channel in range(5):
        board.ask(channel, channel, "now")
    await eventually(lambda: len(board.made) == 5)
    await editor.close()


async def test_urgent_edits_go_first_and_forgotten_ones_not_at_all():
    editor = PacedEditor(0.01)
    board = Board(editor)
    for message in (1, 2, 3):
        board.ask(7, message, "")
    board.ask(7, 4, "", urgent=True)
    editor.forget(7, 2)
    await eventually(lambda: len(board.made) == 3)
    assert [message for _, message, _ in board.made] == [4, 1, 3]
    await editor.close()


async def test_a_failed_edit_does_not_stop_the_next():
    editor = PacedEditor(0.01)
    board = Board(editor)

    async def fail():
        raise RuntimeError

    editor.request(1, 1, fail)
    board.ask(1, 2, "still")
    await eventually(lambda: board.made)
    await editor.close()
