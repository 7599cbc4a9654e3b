"""`python -m bot.playground`: the server alone, without a bot; any Discord client can be pointed at it."""

from __future__ import annotations

import argparse
import asyncio
import logging
import tempfile
from pathlib import Path

from bot.playground.hosts import OPEN_TO_THE_NETWORK, is_local
from bot.playground.server import Playground
from bot.playground.settings import PlaygroundSettings


def main() -> None:
    """Run the server until it is interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--data", type=Path, default=None)
    parser.add_argument("--traffic-log", type=Path, default=None)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    data = options.data or Path(tempfile.mkdtemp(prefix="playground-"))
    settings = PlaygroundSettings(data, options.host, options.port, traffic_log=options.traffic_log)
    try:
        asyncio.run(_serve(settings))
    except KeyboardInterrupt:
        print("The playground stopped.")


async def _serve(settings: PlaygroundSettings) -> None:
    async with Playground(settings) as playground:
        if not is_local(settings.host):
            print(OPEN_TO_THE_NETWORK)
        print(f"Page: {playground.base_url}\nToken for a bot: {playground.token}", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    main()
