"""What a button of Zalo carries: it comes back as an ordinary text, for ever.

A button that says a sentence carries that very sentence, which the chat shows as the person's.
A command is carried unseen behind a mark with a version, since "/xemthem" reads badly.
"""

from __future__ import annotations

import re

from bot.commands import command_of
from bot.messages import Button

_MARK = "#troly1:"
_ANY_MARK = re.compile(r"#troly\d{1,3}:")
_LONGEST = 1000  #: characters, of Zalo


def is_shown(send: str) -> bool:
    """Whether the chat shows it as what the person said."""
    return command_of(send) is None and not send.startswith(("/", "#"))


def payload(button: Button) -> str:
    """What the button carries. One too long carries its label, which answers a choice too."""
    carried = button.send if is_shown(button.send) else _MARK + button.send
    return carried if len(carried) <= _LONGEST else button.label


def carried(text: str) -> str | None:
    """What the person says by this text; None for a button of another version of ours."""
    if text.startswith(_MARK):
        return text.removeprefix(_MARK)
    return None if _ANY_MARK.match(text) else text
