"""What the product must be told to speak to a fake instead of a platform: settings by name."""

from __future__ import annotations

from tests.fakes.zalo_office import FakeZalo


def of_telegram(token: str, base: str, files: str) -> dict[str, str]:
    """A bot at a fake with these addresses of methods and of files."""
    return {"telegram_token": token, "telegram_base_url": base, "telegram_file_url": files}


def of_zalo(url: str, app: str, secret: str, oa_secret: str, refresh: str) -> dict[str, str]:
    """An OA at a fake; `refresh`: a token that nobody has used."""
    return {
        "zalo_app_id": app,
        "zalo_app_secret": secret,
        "zalo_oa_secret_key": oa_secret,
        "zalo_refresh_token": refresh,
        "zalo_oauth_url": url,
        "zalo_openapi_url": url,
        "zalo_business_url": url,
        "zalo_attachment_hosts": url.removeprefix("http://"),
    }


def of_office(fake: FakeZalo) -> dict[str, str]:
    """The OA of a fake in this process, with a token of its own."""
    state = fake.zalo
    refresh = fake.mint()["refresh_token"]
    return of_zalo(fake.url, state.app_id, state.secret, state.oa_secret, refresh)
