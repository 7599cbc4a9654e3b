import re
from pathlib import Path

import pytest

from bot.assistant import make_pool
from bot.settings import Settings, SettingsError, load_settings

EXAMPLE = Path(__file__).resolve().parents[2] / ".env.example"


def test_the_example_names_every_setting_and_no_other():
    named = set(re.findall(r"^([A-Z_]+)=", EXAMPLE.read_text(), re.MULTILINE))
    assert named == {name.upper() for name in Settings.model_fields}


def test_the_example_gives_the_defaults(monkeypatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    assert Settings(_env_file=EXAMPLE) == Settings(_env_file=None)


def test_a_bad_value_is_named_in_one_line(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RENDER_SIZE", "huge")
    monkeypatch.setenv("LOG_LEVEL", "LOUD")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert "RENDER_SIZE" in str(caught.value) and "LOG_LEVEL" in str(caught.value) and "\n" not in str(caught.value)


def test_the_teams_time_zone_is_known_by_its_name(monkeypatch):
    assert Settings(_env_file=None).zone is None
    assert str(Settings(_env_file=None, timezone="Asia/Tokyo").zone) == "Asia/Tokyo"
    monkeypatch.setenv("TIMEZONE", "Tokyo time")
    with pytest.raises(SettingsError, match=r"TIMEZONE.*Europe/Paris"):
        load_settings()


@pytest.mark.parametrize(("said", "compiled"), [("on", True), ("off", False), ("", False)])
def test_the_operator_decides_whether_workers_compile(monkeypatch, said, compiled):
    pools = []
    monkeypatch.setattr("bot.assistant.ProcessPool", lambda device, **options: pools.append(options))
    monkeypatch.setenv("COMPILE_GENERATOR", said)
    make_pool(Settings(_env_file=None))
    assert pools[0]["compiled"] is compiled


def test_the_token_is_not_shown_by_accident():
    assert "secret" not in repr(Settings(_env_file=None, discord_token="secret"))
