import stat

import torch
from safetensors import safe_open
from safetensors.torch import load_file

from gan.tensor_files import write_tensors


def test_written_tensors_come_back_with_their_metadata_and_are_as_readable_as_any_new_file(tmp_path):
    written, other = tmp_path / "weights.safetensors", tmp_path / "other"
    write_tensors({"one": torch.arange(6.0).view(2, 3)}, written, {"kind": "test"})
    other.touch()
    assert torch.equal(load_file(written)["one"], torch.arange(6.0).view(2, 3))
    with safe_open(written, "pt") as file:
        assert file.metadata() == {"kind": "test"}
    assert stat.S_IMODE(written.stat().st_mode) == stat.S_IMODE(other.stat().st_mode)
    assert sorted(tmp_path.iterdir()) == [other, written]
