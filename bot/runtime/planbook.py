"""The folder of plan files: each becomes a chat, an edited one changes its chat, a repeating one makes the next."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from bot.core.names import ChatId, RoomId
from bot.errors import BadInput, Refused, StoreTrouble
from bot.plans.ask import build
from bot.plans.model import Plan
from bot.plans.overlap import overlaps
from bot.plans.read import read_plan
from bot.plans.series import next_plan
from bot.plans.write import write_plan
from bot.ports import Clock, HeardCommand, Reply
from bot.runtime.directory import platform_of
from bot.runtime.planning import plan_of, words_of
from bot.runtime.service import Service
from bot.wording import Wording, languages

log = structlog.get_logger(__name__)

LOOK_EVERY = 5.0
"""Seconds between looks at the folder."""
LARGEST = 64 * 1024
"""Bytes; a longer file is no plan."""


@dataclass(slots=True, kw_only=True)
class Planbook:
    """The plans of one installation. *on_problem* is told of each file that cannot be used, once a version."""

    folder: Path
    service: Service
    clock: Clock
    links: Callable[[ChatId], str | None]
    on_problem: Callable[[BadInput], None]
    _seen: dict[Path, tuple[int, int]] = field(default_factory=dict)
    _plans: dict[Path, Plan] = field(default_factory=dict)
    _begun: dict[str, Plan] = field(default_factory=dict)
    _told: dict[Path, str] = field(default_factory=dict)
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def watch(self) -> None:
        """Take up new and changed plans until cancelled."""
        while True:
            await self.look()
            await self.clock.sleep(LOOK_EVERY)

    async def look(self) -> None:
        """Take up every plan that is new or changed, and the next date of every series."""
        async with self._looking:
            for file in sorted(self.folder.glob("*.toml")):
                try:
                    await self._take_up(file)
                except BadInput as problem:
                    self._tell(file, problem)
                except StoreTrouble as trouble:
                    log.warning("plan not stored yet", reason=str(trouble))
                    self._seen.pop(file, None)  # read again at the next look

    def _tell(self, file: Path, problem: BadInput) -> None:
        # What stands in a plan's way may go by itself: it is tried again at each look, and told once.
        if self._told.get(file) != str(problem):
            self._told[file] = str(problem)
            self.on_problem(problem)

    async def _take_up(self, file: Path) -> None:
        self._read_changed(file)
        plan = self._plans.get(file)
        if plan is None:
            return
        if plan.repeats is not None:
            await self._continue(plan, file.name)
        elif self._begun.get(file.name) != plan:
            await self._begin(plan, file.name)

    async def _continue(self, plan: Plan, name: str) -> None:
        """Begin the chat of the next date of a series, when there is one and it has not begun so."""
        try:
            coming = next_plan(plan, self.clock.now() - plan.length)
        except BadInput:
            return  # the series has ended
        source = f"{name}@{coming.starts_at.isoformat()}"
        if self._begun.get(source) != coming:
            await self._begin(coming, source)

    def _read_changed(self, file: Path) -> None:
        """Read *file* when it is new or changed. Raises: BadInput."""
        try:
            status = file.stat()
        except OSError:
            return  # gone since we looked
        mark = (status.st_mtime_ns, status.st_size)
        if self._seen.get(file) == mark:
            return
        self._seen[file] = mark
        self._told.pop(file, None)
        self._plans.pop(file, None)
        content = _content(file)
        self._plans[file] = read_plan(content, name=file.name, languages=languages(), today=self.clock.now())

    async def _begin(self, plan: Plan, source: str) -> ChatId:
        self._check_rooms(plan, source)
        others = [
            known
            for begun, known in self._begun.items()
            if begun.partition("@")[0] != source.partition("@")[0]
        ]
        clash = overlaps(plan, others)
        if clash is not None:
            raise clash.problem(source)
        try:
            chat = await self.service.plan(plan_of(plan), words_of(plan), source)
        except Refused as refused:
            words = Wording.load(plan.language).line(refused.reason, **refused.arguments)
            raise BadInput(words, place=source) from None
        self._begun[source] = plan
        return chat

    def _check_rooms(self, plan: Plan, source: str) -> None:
        for room in plan.rooms:
            if platform_of(RoomId(room)) not in self.service.platforms:
                known = ", ".join(sorted(self.service.platforms))
                raise BadInput(
                    f"the room {room} is on a platform that is not set up.",
                    place=source,
                    fix=f"Set up: {known}.",
                )

    # --- the form in the browser ---------------------------------------------------------------------------

    async def create(self, heard: HeardCommand) -> Reply:
        """Write a plan file from the fields of a form and begin its chat; the reply holds the moderator's link."""
        if not heard.by.may_moderate:
            return Reply(text=Wording.load("en").line("refused.moderators-only"), refused=True)
        try:
            plan = build(_answers(heard), languages=languages())
            name = f"{plan.hashtag.lstrip('#')}-{plan.starts:%Y%m%d-%H%M}.toml"
            chat = await self._begin(plan, name)
        except BadInput as problem:
            return Reply(text=str(problem), refused=True)
        await asyncio.to_thread(_write, self.folder / name, write_plan(plan))
        link = self.links(chat)
        return Reply(text=Wording.load(plan.language).line("done.new", link=link))


def _answers(heard: HeardCommand) -> dict[str, Any]:
    """Return the fields of a plan from those of the form: what may be several stands one a line."""
    answers: dict[str, Any] = {**heard.arguments, "rooms": [heard.room]}
    if answers.get("minutes", "").isdecimal():
        answers["minutes"] = int(answers["minutes"])
    for name in ("questions", "objectives"):
        answers[name] = [line.strip() for line in answers.get(name, "").splitlines() if line.strip()]
    answers["questions"] = [{"text": text} for text in answers["questions"]]
    if answers.get("closing"):
        answers["closing"] = {"text": answers["closing"]}
    return answers


def _content(file: Path) -> bytes:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise BadInput(f"this plan cannot be read: {error.strerror}.", place=file.name) from None
    if len(content) > LARGEST:
        raise BadInput("this file is too long for a plan.", place=file.name, fix="A plan has at most 64 KiB.")
    return content


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    staged = file.with_suffix(".writing")
    staged.write_text(text, encoding="utf-8")
    staged.replace(file)
