"""A request becomes files: garment and mask, style as cloth, guide, controls, light, composite."""

from __future__ import annotations

import functools
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import torch

from gan.devices import AUTO, choose_compute, device_answers, keep_freed_memory, use_single_threaded_operators
from gan.guide import StyleCloth, VariantPlan, plan_variants, prepare_style
from gan.pictures import make_folder, read_picture, write_picture
from gan.rendering.control_network import ControlNetwork
from gan.rendering.scene import MaskedGarment, RecentScenes, Scene
from gan.rendering.style_photo import NetworkReader
from gan.request import Mode, Progress, ProgressCallback, RenderError, RenderRequest, RenderResult, Variant
from gan.shipped import GENERATOR

MASK_FILE = "mask.png"
PREPARING_STEPS = 2
WARM_UP_SHAPE = (96, 64)

log = logging.getLogger(__name__)

Drawing = Callable[[], np.ndarray]


class Renderer:
    """Renders requests in this process, one at a time; the variants of a request are drawn side by side."""

    def __init__(
        self,
        device: str = AUTO,
        weights: Path | None = GENERATOR,
        threads: int | None = None,
        *,
        compiled: bool = False,
    ) -> None:
        """Load the networks.

        Args:
            device: "auto" or a torch device's name.
            weights: of the generator; None leaves it untrained.
            threads: how many variants are drawn side by side; None takes all cores.
            compiled: compile the generator, which pays on a server.

        Raises:
            RenderError: this machine has no such device, or nothing can be computed on it.
        """
        self.compute = choose_compute(device, threads)
        use_single_threaded_operators()
        keep_freed_memory()
        self.network = ControlNetwork(self.compute, weights, compiled=compiled)
        self._gpu_cannot_draw = False
        self._photo_reader = NetworkReader(self.network)
        self._scenes = RecentScenes(self.network)
        self._executor = ThreadPoolExecutor(self.compute.threads, "render", use_single_threaded_operators)

    def warm_up(self) -> None:
        """Run the networks and draw once, so that the first request does not pay for it."""
        self.network.warm_up()
        grey = np.full((*WARM_UP_SHAPE, 3), 128, np.uint8)
        alpha = np.zeros(WARM_UP_SHAPE, np.float32)
        alpha[8:-8, 8:-8] = 1
        scene = Scene(MaskedGarment(grey, alpha, alpha, None), self.network)
        self.draw(scene, prepare_style(grey, self._photo_reader), [VariantPlan(Mode.PRINT, 1.0, 0.0, 0)], 1.0)

    def answers(self) -> bool:
        """Say whether the device still computes; if it does not, nothing can be rendered in this process any more."""
        return device_answers(self.compute.device)

    def close(self) -> None:
        """Stop the drawing threads."""
        self._executor.shutdown(cancel_futures=True)
        self.network.close()

    def render(self, request: RenderRequest, on_progress: ProgressCallback = lambda progress: None) -> RenderResult:
        """Render all variants of a request into files; the same request gives the same bytes.

        Args:
            request: what to render.
            on_progress: called after each step, from any thread but never from two at once. An exception that it
                raises stops the render and comes out of this call.

        Raises:
            RenderError: the request cannot be rendered; the message is one sentence for the person who asked.
            FolderUnusableError: the output folder cannot take the pictures.
        """
        started = time.perf_counter()
        use_single_threaded_operators()  # PyTorch keeps this for each thread, and ours may be another one today
        steps = _Steps(PREPARING_STEPS + request.variants, on_progress)
        with _memory_errors_as_sentences():
            make_folder(request.output)
            steps.advance("finding the garment")
            style = self._executor.submit(self.prepare_style, request.style)
            scene = self._scenes.of(request)
            steps.advance("reading the style")
            cloth = style.result()
            mask_file = request.output / MASK_FILE
            write_picture(mask_file, np.rint(scene.garment.mask * 255).astype(np.uint8))
            steps.advance("drawing the variants")
            variants = self._draw_all(scene, cloth, request, steps)
        seconds = time.perf_counter() - started
        return RenderResult(variants, mask_file, cloth.use, scene.garment.doubt, seconds)

    def prepare_style(self, file: Path) -> StyleCloth:
        """Return the cloth that a style file shows.

        Raises:
            RenderError: the file cannot be read.
        """
        return prepare_style(read_picture(file), self._photo_reader)

    def draw(self, scene: Scene, cloth: StyleCloth, plans: Sequence[VariantPlan], strength: float) -> list[np.ndarray]:
        """Return the variants' pictures as `render` draws them: side by side in threads, or together on a GPU."""
        return list(self._executor.map(_called, self._drawings(scene, cloth, plans, strength)))

    def _draw_all(self, scene: Scene, cloth: StyleCloth, request: RenderRequest, steps: _Steps) -> tuple[Variant, ...]:
        def finish(number: int, plan: VariantPlan, drawing: Drawing) -> Variant:
            steps.check()
            picture = drawing()
            steps.check()
            file = request.output / variant_file_name(number, plan)
            write_picture(file, picture)
            steps.advance("drawing the variants")
            height, width = picture.shape[:2]
            return Variant(file, plan.mode, plan.scale, plan.angle, plan.seed, width, height)

        plans = plan_variants(cloth, scene.form, request)
        drawings = self._drawings(scene, cloth, plans, request.strength)
        works = enumerate(zip(plans, drawings, strict=True), start=1)
        return _gather([self._executor.submit(finish, number, *work) for number, work in works])

    def _drawings(
        self, scene: Scene, cloth: StyleCloth, plans: Sequence[VariantPlan], strength: float
    ) -> list[Drawing]:
        """Return a function for each variant that gives its picture: on a GPU already drawn, else still to draw."""
        if self.compute.is_cuda and not self._gpu_cannot_draw:
            try:
                pictures = scene.draw_all(cloth, plans, strength, self._executor.map)
                return [functools.partial(np.asarray, picture) for picture in pictures]
            except torch.OutOfMemoryError:
                count, device = len(plans), self.compute.device
                log.warning("%s has no room for %d variants at once: drawing these on the CPU", device, count)
            except NotImplementedError:  # this PyTorch lacks an operator there: pictures later rather than none
                device = self.compute.device
                log.exception("%s cannot draw: drawing on the CPU, slower, until this worker starts again", device)
                self._gpu_cannot_draw = True
            torch.cuda.empty_cache()  # only now: until its error is forgotten, a failed drawing keeps its memory
        return [functools.partial(scene.draw, cloth, plan, strength) for plan in plans]


class _Steps:
    """Counts a render's steps for its progress callback; remembers when the callback stopped the render."""

    def __init__(self, total: int, on_progress: ProgressCallback) -> None:
        self._total, self._on_progress = total, on_progress
        self._done, self._lock = -1, threading.Lock()
        self._stopped_by: BaseException | None = None

    def advance(self, stage: str) -> None:
        """Finish a step and name the stage that follows."""
        with self._lock:
            self._done += 1
            self._report(Progress(self._done, self._total, stage))

    def check(self) -> None:
        """Raise what stopped the render, if anything did."""
        if self._stopped_by is not None:
            raise self._stopped_by

    def _report(self, progress: Progress) -> None:
        try:
            self._on_progress(progress)
        except BaseException as error:
            self._stopped_by = error
            raise


def variant_file_name(number: int, plan: VariantPlan) -> str:
    """Return the name of a variant's file; the same variant always has the same."""
    return f"variant-{number}-{plan.mode}-{plan.seed}.png"


def _called(drawing: Drawing) -> np.ndarray:
    return drawing()


def _gather(drawings: list[Future[Variant]]) -> tuple[Variant, ...]:
    """Wait for all drawings; after the first failure the others are given up before it is raised."""
    try:
        return tuple(drawing.result() for drawing in drawings)
    finally:
        for drawing in drawings:
            drawing.cancel()
        wait(drawings)


@contextmanager
def _memory_errors_as_sentences() -> Iterator[None]:
    """Turn the three ways in which memory runs out into one sentence."""
    try:
        yield
    except (MemoryError, torch.OutOfMemoryError, cv2.error, RuntimeError) as error:
        if not _is_memory_error(error):
            raise
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        raise RenderError("The renderer ran out of memory; please ask for a smaller size.") from error


def _is_memory_error(error: Exception) -> bool:
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    if isinstance(error, cv2.error):
        return bool(error.code == cv2.Error.StsNoMem)
    return "can't allocate memory" in str(error)
