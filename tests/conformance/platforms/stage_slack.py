"""Slack, held against its promises: the real library against the pretended servers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from adapters.slack import Settings, connect
from adapters.slack.text import escape
from bot.ports import RoomId, RoomView
from bot.runtime.clock import DerivedIds
from tests.conformance.platforms.recorder import Recorder
from tests.conformance.platforms.stage import Action, Stage, Standing
from tests.fakes.discord.house import FastClock
from tests.fakes.slack.server import FakeSlack, dropped, fake_slack, limited, settings_for
from tests.fakes.slack.workspace import BOT_USER

CHANNEL = "C0HCCHAT"
_METHODS: dict[Action, str] = {
    "post": "chat.postMessage",
    "private": "chat.postMessage",
    "edit": "chat.update",
    "delete": "chat.delete",
    "look_up": "conversations.history",
    "history": "conversations.history",
    "lacks": "conversations.info",
}


class SlackStage(Stage):
    """One workspace with one channel."""

    sign = "bulb"

    def __init__(self, slack: FakeSlack, clock: FastClock, view: RoomView | None = None, **more: Any) -> None:
        self.slack, self.clock = slack, clock
        self.room = RoomId(f"slack/{CHANNEL}")
        self.recorder = Recorder(rooms_here={self.room})
        given = Settings.model_validate(settings_for(slack, **more))
        self.platform = connect(given, view or self.recorder, clock, DerivedIds("stage"))

    # --- what people do ---

    async def join(self, name: str) -> str:
        return self.slack.workspace.add_user(f"U0{name.upper()}", name).id

    async def say(self, who: str, text: str, *, reply_to: str | None = None) -> str:
        return await self.slack.say(who, CHANNEL, escape(text), thread=reply_to)

    async def say_in_thread(self, who: str, text: str, root: str) -> str:
        return await self.slack.say(who, CHANNEL, escape(text), thread=root)

    async def edit(self, who: str, id: str, text: str) -> None:
        await self.slack.edit(CHANNEL, id, escape(text))

    async def delete(self, who: str, id: str) -> None:
        await self.slack.delete(CHANNEL, id)

    async def react(self, who: str, id: str, *, present: bool = True) -> None:
        await self.slack.react(who, CHANNEL, id, self.sign, present=present)

    async def command(self, who: str, name: str, **given: str) -> str:
        typed = " ".join([name, *(f"{one}={value}" for one, value in given.items())])
        answer = await self.slack.slash(who, CHANNEL, typed)
        return str(answer.get("text", ""))

    async def press(self, who: str, label: str) -> str:
        return await self._told_after(self._pressed(who, label))

    async def fill_in(self, who: str, label: str, **given: str) -> str:
        known = len(self.slack.views)
        await self._pressed(who, label)
        await self.until(lambda: len(self.slack.views) > known)
        return await self._told_after(self.slack.submit(who, self.slack.views[known], **given))

    async def _pressed(self, who: str, label: str) -> dict[str, Any]:
        direct = f"D{who[1:]}"
        return await self.slack.press(who, direct, self.slack.posts(direct)[-1]["ts"], label)

    async def _told_after(self, doing: Any) -> str:
        known = len(self.slack.answers)
        answer = await doing
        if answer.get("errors"):  # a form that was refused stays open and says why
            return "\n".join(answer["errors"].values())
        await self.until(lambda: len(self.slack.answers) > known)
        return str(self.slack.answers[known]["text"])

    # --- what people see ---

    def standing(self) -> list[Standing]:
        return [Standing(id=post["ts"], text=_read(post)) for post in self.slack.posts(CHANNEL)]

    def letters(self, who: str) -> list[str]:
        return [_read(post) for post in self.slack.posts(f"D{who[1:]}")]

    def card(self, who: str) -> str:
        return "\n".join(self.letters(who))

    # --- what goes wrong ---

    def tell_twice(self) -> None:
        self.slack.twice = True

    @asynccontextmanager
    async def held_back(self) -> AsyncIterator[None]:
        self.slack.held = []
        yield
        await self.slack.release(backwards=True)

    @asynccontextmanager
    async def deaf(self) -> AsyncIterator[None]:
        self.slack.cut()
        yield
        await self.until(lambda: self.slack.lines)

    def be_busy(self, action: Action) -> None:
        self.slack.expect(_METHODS[action], limited(1))

    def lose_answer(self) -> bool:
        self.slack.expect("chat.postMessage", dropped(done=True))
        return True

    def forbid(self) -> bool:
        self.slack.workspace.channel(CHANNEL).members.discard(BOT_USER)
        return True

    def shut_out(self, who: str) -> bool:
        self.slack.workspace.closed_to_bot.add(who)
        return True

    def violations(self) -> list[str]:
        return self.slack.violations


def _read(post: dict[str, Any]) -> str:
    """Return every word that a post shows; its notification may be shorter."""
    return "".join(_words_in(post.get("blocks") or ())) or str(post["text"])


def _words_in(whole: Any) -> list[str]:
    if isinstance(whole, list | tuple):
        return [word for one in whole for word in _words_in(one)]
    if not isinstance(whole, dict):
        return []
    text = [whole["text"]] if isinstance(whole.get("text"), str) else []
    return text + [word for name in ("text", "elements") for word in _words_in(whole.get(name))]


@asynccontextmanager
async def opened_stage() -> AsyncIterator[SlackStage]:
    """Give Slack, connected."""
    clock = FastClock()
    async with fake_slack(clock.now) as slack:
        slack.workspace.add_channel(CHANNEL)
        stage = SlackStage(slack, clock)
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(stage.platform.run(stage.recorder))
            await stage.until(lambda: slack.lines)
            yield stage
            running.cancel()
