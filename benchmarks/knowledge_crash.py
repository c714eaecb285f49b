"""Kill -9 while a paper is handed in, read, published and gone back from: nothing is ever half."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field

import httpx

from benchmarks.channels_product import Product, Running, installed, scaled
from benchmarks.forms_office import progress
from benchmarks.knowledge_desk import Editor, plan, sign_in
from benchmarks.prove import Figure
from service.library.editions import current_edition, history

_KILLS = 12  #: for each step
#: Seconds within which a step is broken off: about as long as it takes.
_WITHIN = {"upload": 0.3, "reading": 2.0, "publishing": 0.8, "restoring": 0.8}
_SEED = 407


def killed_in_every_step() -> Iterable[Figure]:
    """Kill -9 in upload, reading, publishing, going back: whole afterwards, and gone on with."""
    with installed(rate_limit="100000") as product:
        office = _Office(product, random.Random(_SEED))
        for step in _WITHIN:
            for _ in range(scaled(_KILLS, 2)):
                office.kill_in(step)
        office.running.stop()
    kills, least = office.kills, scaled(_KILLS, 2) * len(_WITHIN)
    yield Figure("kill -9 mọi tiến trình, trong bốn bước", f"{kills}", f"{least}", kills == least)
    for what, count in (
        ("sau khi chạy lại: bản cũ hoặc bản mới trọn vẹn, trả lời đúng theo nó", office.whole),
        ("việc dở được làm xong, hoặc nói rõ vì sao", office.settled),
    ):
        yield Figure(what, f"{count}/{kills}", "mọi lần", count == kills)
    yield Figure("văn bản đã nhận mà mất", f"{office.lost}", "0", office.lost == 0)
    told = ", ".join(f"{step} {n}" for step, n in office.midway.items())
    yield Figure("lần bị ngắt khi việc còn dở", told, "có ở mỗi bước", all(office.midway.values()))


@dataclass
class _Office:
    """One office that is killed again and again."""

    product: Product
    chance: random.Random
    day: int = 1  #: of the newest text
    kills: int = 0
    whole: int = 0
    settled: int = 0
    lost: int = 0
    midway: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_WITHIN, 0))

    def __post_init__(self) -> None:
        self.running: Running = self.product.serve()
        self.editor: Editor = sign_in(self.product)
        self._publish_next()  # two editions to go back and forth between
        self._publish_next()

    def kill_in(self, step: str) -> None:
        """Begin the step, kill everything, start again, look; let it be gone on with, look."""
        name = f"kh-{self.kills}.txt"
        begun = getattr(self, f"_{step}")(name)
        if step != "upload":
            time.sleep(self.chance.uniform(0, _WITHIN[step]))
        midway = self.editor.open_jobs()
        self.running.kill()
        self.kills += 1
        self.running = self.product.serve()
        whole = self.editor.answers_as_it_says()
        self.editor.settle()
        settled = self._is_settled(step, begun, name)
        self.midway[step] += bool(midway) or step == "upload"
        self.whole += whole and self.editor.answers_as_it_says()
        self.settled += settled
        progress(f"{step}: kill -9 {self.kills}, việc dở: {len(midway)}, trọn vẹn: {whole}")

    def _upload(self, name: str) -> int | None:
        """Broken off on its way: only what was said to be received must be there."""
        taken: list[int] = []

        def send() -> None:
            with suppress(httpx.HTTPError, AssertionError):
                taken.append(self.editor.hand_in(name, self._next()))

        sending = threading.Thread(target=send)
        sending.start()
        time.sleep(self.chance.uniform(0, _WITHIN["upload"]))
        self.running.kill()
        sending.join()
        return taken[0] if taken else None

    def _reading(self, name: str) -> int:
        return self.editor.hand_in(name, self._next())

    def _publishing(self, name: str) -> int:
        candidate = self.editor.hand_in(name, self._next())
        self.editor.settle()
        self.editor.publish(candidate)
        return candidate

    def _restoring(self, _name: str) -> int:
        editions = list(history(self.editor.product.own_settings))
        other = next(e for e in editions if e.same_papers != editions[0].same_papers and e.papers)
        self.editor.restore(other.number)
        return other.number

    def _is_settled(self, step: str, begun: int | None, name: str) -> bool:
        """Whether what was begun has come to its end."""
        if step == "restoring":
            now = current_edition(self.editor.product.own_settings)
            return (now.what, now.subject) == ("restored", f"{begun}")
        if begun is None:
            return True  # nothing was promised
        state, problem = self.editor.state(begun)
        if not state:
            self.lost += 1
        expected = "published" if step == "publishing" else "review"
        return state == expected or (state in ("failed", "review") and bool(problem))

    def _publish_next(self) -> None:
        candidate = self.editor.hand_in(f"kh-{self.day}.txt", self._next())
        self.editor.settle()
        self.editor.publish(candidate)
        self.editor.settle()

    def _next(self) -> str:
        """The same plan with another day."""
        self.day += 1
        return plan(self.day)
