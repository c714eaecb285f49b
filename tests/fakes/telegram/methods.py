"""The methods of the Bot API that a bot of ours may call, each from its call to its result."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.fakes.telegram import checks, sending
from tests.fakes.telegram.refusals import Refused, bad_request
from tests.fakes.telegram.wire import Call, Json

if TYPE_CHECKING:
    from tests.fakes.telegram.state import Server

#: Answered with `true` and nothing else.
TOLERATED = {
    "logout", "close", "setmyname", "setmydescription", "setmyshortdescription",
    "setchatmenubutton", "setmydefaultadministratorrights", "pinchatmessage", "unpinchatmessage",
}  # fmt: skip
_QUERY_GONE = "query is too old and response timeout expired or query ID is invalid"


def run(fake: Server, call: Call) -> Any:
    """The result of a call; raises when it is refused."""
    if call.method in TOLERATED:
        return True
    method = METHODS.get(call.method)
    if method is None:
        raise Refused(404, "Not Found: method not found")
    return method(fake, call)


def get_me(fake: Server, call: Call) -> Json:
    """Who the bot is."""
    return fake.world.bot | {
        "can_join_groups": True,
        "can_read_all_group_messages": fake.reads_groups,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def chat_action(fake: Server, call: Call) -> bool:
    """ "Is typing…" and the like."""
    fake.world.writable(call)
    if call.text("action").lower() not in checks.ACTIONS:
        raise bad_request("wrong parameter action in request")
    return True


def answer_callback_query(fake: Server, call: Call) -> bool:
    """The answer to a tap, which must come soon."""
    if len(call.text("text")) > checks.MAX_NOTICE:
        raise bad_request("MESSAGE_TOO_LONG")
    tap = fake.taps_made.get(call.text("callback_query_id"))
    if tap is None or fake.clock() - tap.at > fake.callback_age:
        raise bad_request(_QUERY_GONE)
    tap.answered, tap.notice, tap.alert = True, call.text("text"), call.flag("show_alert")
    return True


def set_my_commands(fake: Server, call: Call) -> bool:
    """The menu of commands, for everybody or for some."""
    fake.menus[checks.menu(call)] = checks.commands(call)
    return True


def get_my_commands(fake: Server, call: Call) -> list[Json]:
    """The menu that was set for exactly these."""
    return fake.menus.get(checks.menu(call), [])


def delete_my_commands(fake: Server, call: Call) -> bool:
    """No menu any more."""
    fake.menus.pop(checks.menu(call), None)
    return True


def get_file(fake: Server, call: Call) -> Json:
    """Where a file can be fetched."""
    stored = fake.world.files.get(call.text("file_id"))
    if stored is None:
        raise bad_request("invalid file_id")
    if stored.size > checks.MAX_DOWNLOAD:
        raise bad_request("file is too big")
    return stored.shown() | {"file_path": stored.path}


def get_chat(fake: Server, call: Call) -> Json:
    """What is known of a chat."""
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription")
    return fake.world.addressed(call).shown | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys((*gifts, "gifts_from_channels"), True),
    }


def leave_chat(fake: Server, call: Call) -> bool:
    """The bot goes out of a group."""
    chat = fake.world.writable(call)
    if chat.kind == "private":
        raise bad_request("chat member status can't be changed in private chats")
    chat.closed = f"Forbidden: bot is not a member of the {chat.kind} chat"
    return True


def set_webhook(fake: Server, call: Call) -> bool:
    """Updates go to an address from now on; no address: they wait for `getUpdates`."""
    url, secret = call.text("url"), call.text("secret_token")
    if not url:
        return delete_webhook(fake, call)
    checks.check_webhook(url, secret)
    if call.flag("drop_pending_updates"):
        fake.updates.clear()
    fake.updates.allow(call.structure("allowed_updates", "allowed updates"))
    connections = max(1, min(100, call.number("max_connections", 40)))
    fake.webhook.set(url, secret, connections)
    return True


def delete_webhook(fake: Server, call: Call) -> bool:
    """Updates wait for `getUpdates` again."""
    if call.flag("drop_pending_updates"):
        fake.updates.clear()
    fake.webhook.stop()
    return True


def get_webhook_info(fake: Server, call: Call) -> Json:
    """Where updates go, and how the last one fared."""
    return fake.webhook.info()


METHODS: dict[str, Callable[[Server, Call], Any]] = {
    "getme": get_me,
    "sendmessage": sending.send_message,
    "senddocument": sending.send_document,
    "sendphoto": sending.send_photo,
    "editmessagetext": sending.edit_text,
    "editmessagecaption": sending.edit_caption,
    "editmessagereplymarkup": sending.edit_markup,
    "deletemessage": sending.delete_message,
    "sendchataction": chat_action,
    "answercallbackquery": answer_callback_query,
    "setmycommands": set_my_commands,
    "getmycommands": get_my_commands,
    "deletemycommands": delete_my_commands,
    "getfile": get_file,
    "getchat": get_chat,
    "leavechat": leave_chat,
    "setwebhook": set_webhook,
    "deletewebhook": delete_webhook,
    "getwebhookinfo": get_webhook_info,
}
