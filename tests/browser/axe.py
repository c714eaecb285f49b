"""Pages read by axe-core, and pictures of them for whoever wants to look."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from axe_core_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser.conftest import WIDTHS

#: Where the pictures go: what git ignores, unless told otherwise.
SHOTS = Path(os.environ.get("TROLY_SHOTS") or Path(__file__).parents[2] / "shots")
#: Minor and moderate findings are advice; these keep somebody out.
_GRAVE = ("serious", "critical")
#: Letters of the very colour of their ground are a doubt to axe, and to nobody else.
_RUN = """() => axe.run(document, {resultTypes: ['violations', 'incomplete'], elementRef: false})
  .then((found) => {
    const alike = (check) => (check.data || {}).messageKey === 'equalRatio';
    const unseen = (node) => node.any.some(alike);
    const doubts = found.incomplete.map((rule) => ({...rule, nodes: rule.nodes.filter(unseen)}));
    return [...found.violations, ...doubts];
  })"""


def barriers(page: Page) -> list[str]:
    """What keeps somebody from using the page: rule, and where, as axe-core says it.

    The script comes in through the debugger, past the page's policy, which stays as it is.
    """
    page.evaluate(AXE_SCRIPT)
    found: list[dict[str, Any]] = page.evaluate(_RUN)
    return [
        f"{urlless(page)}: {each['id']} ({each['impact']}): {node['target']} {node['html'][:160]}"
        for each in found
        if each["impact"] in _GRAVE
        for node in each["nodes"]
    ]


def urlless(page: Page) -> str:
    """The address without its host."""
    return re.sub(r"^https?://[^/]+", "", page.url)


def shoot(page: Page, width: str, name: str = "") -> None:
    """Keep a picture of the whole page under its address, or `name`, and its width."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    plain = re.sub(r"[^\w-]+", "-", name or urlless(page)).strip("-") or "chat"
    page.screenshot(path=SHOTS / f"{plain}-{WIDTHS[width]['width']}.png", full_page=True)
