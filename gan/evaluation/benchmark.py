"""How long renders take on this machine, beside what a user could pick instead.

Four times are taken for each size. `cpu_seconds` compares like with like: one core, pictures decoded, mask found and
style prepared, from there to all variants' pixels; the peer's is one picture from the same start. `drawing_seconds` is
wall time of the last part alone, as the renderer does it on its device: from a garment that has been read and a style
that has been prepared to all variants' pixels in memory. `guide_cpu_seconds` is what laying the style takes of that on
the CPU, for one variant in each mode. `wall_seconds` is a whole render on all threads, reading, mask, style and files
included, with the networks loaded.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from gan.devices import AUTO
from gan.evaluation.peer import Peer, peer_available
from gan.guide import StyleCloth, lay_guide, plan_variants
from gan.pictures import read_picture, resize_picture, result_size, write_picture
from gan.rendering.renderer import Renderer
from gan.rendering.scene import MaskedGarment, Scene, load_garment
from gan.request import Mode, RenderRequest

RUNS = 4
DRAWINGS = 8
"""Runs of drawing all variants, and of laying one."""
LEAST_SECONDS = 4.0
"""Time spent on comparing one size at the least."""

Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Timing:
    """One size's times in seconds.

    Attributes:
        size: long side in pixels.
        variants: pictures in a render.
        cpu_seconds: from prepared inputs to the variants' pixels, on one core.
        drawing_seconds: from prepared garment and style to the variants' pixels, as this device draws them.
        guide_cpu_seconds: of laying the prepared style over the garment once, for each mode.
        wall_seconds: of a whole render on all threads.
        peer_cpu_seconds: of one picture of the peer on one core, where it is installed.
    """

    size: int
    variants: int
    cpu_seconds: float
    drawing_seconds: float
    guide_cpu_seconds: dict[str, float]
    wall_seconds: float
    peer_cpu_seconds: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """All timings of a run and what they were taken on."""

    device: str
    threads: int
    results: list[Timing]

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON-ready values."""
        return asdict(self)


def benchmark_render(
    garment: Path, style: Path, sizes: Sequence[int], variants: int, device: str = AUTO, threads: int | None = None
) -> Report:
    """Time renders of one garment in one style.

    Args:
        garment: photo file.
        style: image file.
        sizes: long sides in pixels.
        variants: pictures in a render, 1 to 4.
        device: where the networks run.
        threads: of the whole render; None takes all cores.
    """
    renderer = Renderer(device, threads=threads)
    peer = Peer(read_picture(style)) if peer_available() else None
    try:
        results = [_timing(renderer, peer, garment, style, size, variants) for size in sizes]
    finally:
        renderer.close()
    return Report(str(renderer.compute.device), renderer.compute.threads, results)


def _timing(renderer: Renderer, peer: Peer | None, photo_file: Path, style: Path, size: int, variants: int) -> Timing:
    photo = read_picture(photo_file)
    photo = resize_picture(photo, result_size(photo, size))
    with tempfile.TemporaryDirectory(prefix="restyle-benchmark-") as folder:
        request = RenderRequest(photo_file, style, Path(folder), variants=variants, size=size)
        garment, cloth = load_garment(request), renderer.prepare_style(request.style)
        scene = Scene(garment, renderer.network)
        works = [_drawing(renderer, request, garment, cloth)]
        if peer is not None:
            works.append(lambda: peer.stylise(photo))
        plans = plan_variants(cloth, scene.form, request)
        prepared = partial(renderer.draw, scene, cloth, plans, request.strength)
        cpu_seconds, *peer_cpu_seconds = _best_in_turns(works)
        return Timing(
            size,
            variants,
            cpu_seconds,
            _shortest([_seconds(time.perf_counter, prepared) for _ in range(DRAWINGS)]),
            _guide_seconds(scene, cloth),
            _shortest([_seconds(time.perf_counter, _whole_render(renderer, request, run)) for run in range(RUNS)]),
            peer_cpu_seconds[0] if peer_cpu_seconds else None,
        )


def _drawing(renderer: Renderer, request: RenderRequest, garment: MaskedGarment, cloth: StyleCloth) -> Work:
    """Return a function that reads the garment's form and light and draws all variants, on this thread."""

    def draw() -> list[np.ndarray]:
        scene = Scene(garment, renderer.network)
        return [scene.draw(cloth, plan, request.strength) for plan in plan_variants(cloth, scene.form, request)]

    return draw


def _guide_seconds(scene: Scene, cloth: StyleCloth) -> dict[str, float]:
    """Return the CPU time of laying one guide in each mode, every one with a seed of its own."""
    return {
        mode.value: _shortest(
            [
                _seconds(time.process_time, partial(lay_guide, cloth, scene.form, mode, seed=run))
                for run in range(DRAWINGS)
            ]
        )
        for mode in Mode
        if mode is not Mode.AUTO
    }


def _whole_render(renderer: Renderer, request: RenderRequest, run: int) -> Work:
    """Return a function that renders copies of the files, shifted so that nothing kept from another run fits them."""
    garment, style = (request.output / f"{name}-{run}.png" for name in ("garment", "style"))
    for source, copy in ((request.garment, garment), (request.style, style)):
        write_picture(copy, np.roll(read_picture(source), run, axis=1))
    return lambda: renderer.render(replace(request, garment=garment, style=style))


def _best_in_turns(works: Sequence[Work]) -> list[float]:
    """Return each work's shortest CPU time, taken in turns, so that a machine that slows down slows all of them.

    Short works are repeated for longer: on a shared machine few of their runs are undisturbed.
    """
    durations: list[list[float]] = [[] for _ in works]
    ends = time.perf_counter() + LEAST_SECONDS
    while len(durations[0]) < RUNS or time.perf_counter() < ends:
        for work, taken in zip(works, durations, strict=True):
            taken.append(_seconds(time.process_time, work))
    return [_shortest(taken) for taken in durations]


def _seconds(clock: Callable[[], float], work: Work) -> float:
    started = clock()
    work()
    return clock() - started


def _shortest(durations: Sequence[float]) -> float:
    """Return the shortest run after the first, which warms up; what else runs on the machine only ever adds."""
    return round(min(durations[1:]), 4)
