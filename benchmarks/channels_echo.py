"""A bare echo bot of python-telegram-bot, as its documentation shows it: what ours is held against.

`python -m benchmarks.channels_echo TOKEN BASE_URL`
"""

from __future__ import annotations

import logging
import sys

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters


async def echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    """Say it back."""
    assert update.message is not None
    await update.message.reply_text(update.message.text or "")


def main(token: str, base_url: str) -> None:
    """Poll until stopped."""
    logging.disable()
    application = Application.builder().token(token).base_url(base_url).build()
    application.add_handler(MessageHandler(filters.TEXT & ~filters.COMMAND, echo))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    application.run_polling()


if __name__ == "__main__":
    main(*sys.argv[1:])
