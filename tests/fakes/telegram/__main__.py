"""`python -m tests.fakes.telegram --port 8081 --token 407:thu`: a Telegram to chat with at `/`."""

from __future__ import annotations

import argparse
import sys

import uvicorn

from tests.fakes.http_server import config, listening
from tests.fakes.telegram.app import TelegramApp
from tests.fakes.telegram.control import FakeTelegram
from tests.fakes.telegram.state import TOKEN

parser = argparse.ArgumentParser(prog="tests.fakes.telegram", description=__doc__)
parser.add_argument("--port", type=int, default=8081, help="0 takes a free one")
parser.add_argument("--token", default=TOKEN, help="what the bot must call itself by")


def main() -> None:
    """Serve until interrupted; the first line of output is the address."""
    asked = parser.parse_args()
    with listening(asked.port) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        sys.stdout.write(
            f"{address}\n"
            f"base_url      {address}/bot\n"
            f"base_file_url {address}/file/bot\n"
            f"token         {asked.token}\n"
        )
        sys.stdout.flush()
        listener.listen(2048)
        uvicorn.Server(config(TelegramApp(FakeTelegram(asked.token)))).run([listener])


if __name__ == "__main__":
    main()
