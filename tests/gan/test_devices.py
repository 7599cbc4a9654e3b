import os
import subprocess
import sys

import pytest

from gan.devices import available_cores, choose_compute
from gan.request import RenderError

THREADS_OF_A_RENDERER = """
from threadpoolctl import threadpool_info
from gan.renderer import Renderer

renderer = Renderer("cpu")
print(max((it["num_threads"] for it in threadpool_info() if it["user_api"] == "blas"), default=1))
renderer.close()
"""


def test_numpy_multiplies_on_one_core_where_variants_are_drawn():
    """In a process of its own: another test may have limited this one's threads already."""
    run = subprocess.run(
        [sys.executable, "-c", THREADS_OF_A_RENDERER],
        env={**os.environ, "OPENBLAS_NUM_THREADS": "2"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == "1"


def test_threads_are_the_cores_unless_told_otherwise():
    assert choose_compute("cpu").threads == min(available_cores(), 8)
    assert choose_compute("cpu", 3).threads == 3


@pytest.mark.parametrize("name", ["cuda:77", "toaster"])
def test_a_device_that_is_missing_is_named_beside_those_there_are(name):
    with pytest.raises(RenderError, match=f"no device “{name}”; it has .*cpu"):
        choose_compute(name)
