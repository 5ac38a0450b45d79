"""What a platform must let a test do, so that it can be held against its promises: one small class for each."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Literal

from bot.markup import Content, Heading, Paragraph, Run
from bot.ports import Platform, PostKey, Receipt, RoomId
from tests.conformance.platforms.recorder import Recorder
from tests.fakes.discord.house import FastClock

Action = Literal["post", "edit", "delete", "private", "look_up", "history", "lacks"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A post of ours as people see it in the room."""

    id: str
    text: str


class Stage(ABC):
    """A platform at work against a world of our own, through the real client library, with a `Recorder` behind it.

    sign: a reaction that people have there. has_times: what is told late still says when it happened.
    patience: seconds that anything may take before it counts as lost.
    """

    platform: Platform
    recorder: Recorder
    clock: FastClock
    room: RoomId
    sign: str
    has_times: bool = True
    patience: float = 20.0

    # --- what people do ---

    @abstractmethod
    async def join(self, name: str) -> str:
        """Let somebody in; return their id."""

    @abstractmethod
    async def say(self, who: str, text: str, *, reply_to: str | None = None) -> str:
        """Have somebody write; return the message's id."""

    @abstractmethod
    async def say_in_thread(self, who: str, text: str, root: str) -> str:
        """Have somebody write into the thread that hangs on *root*; return the message's id."""

    @abstractmethod
    async def edit(self, who: str, id: str, text: str) -> None:
        """Have somebody change a message of theirs."""

    @abstractmethod
    async def delete(self, who: str, id: str) -> None:
        """Have somebody take a message of theirs back."""

    @abstractmethod
    async def react(self, who: str, id: str, *, present: bool = True) -> None:
        """Have somebody put the `sign` under a message, or take it away."""

    @abstractmethod
    async def command(self, who: str, name: str, **given: str) -> str:
        """Have somebody type a command (or do what stands for typing); return what they alone are told."""

    @abstractmethod
    async def press(self, who: str, label: str) -> str:
        """Have a moderator press a button of their card; return what they alone are told."""

    @abstractmethod
    async def fill_in(self, who: str, label: str, **given: str) -> str:
        """Have a moderator press a button that asks, and fill in its form; return what they alone are told."""

    # --- what people see ---

    @abstractmethod
    def standing(self) -> list[Standing]:
        """Return our posts in the room, oldest first."""

    @abstractmethod
    def letters(self, who: str) -> list[str]:
        """Return what somebody alone was told, each as it stands now."""

    @abstractmethod
    def card(self, who: str) -> str:
        """Return the words of somebody's card, nothing when they have none."""

    def header(self) -> str:
        """Return the words of the line above the room."""
        return ""

    # --- what goes wrong ---

    @abstractmethod
    def tell_twice(self) -> None:
        """Have everything that people do told twice from here on."""

    @abstractmethod
    def held_back(self) -> AbstractAsyncContextManager[None]:
        """Hold back what people write, change and react; let it go in the end, the last thing first."""

    @abstractmethod
    def deaf(self) -> AbstractAsyncContextManager[None]:
        """Cut the line, so that what people write meanwhile is told to nobody."""

    @abstractmethod
    def be_busy(self, action: Action) -> None:
        """Refuse the next request for haste, where the platform can."""

    @abstractmethod
    def lose_answer(self) -> bool:
        """Let the next post stand, and its answer be lost; return whether that can be."""

    @abstractmethod
    def forbid(self) -> bool:
        """Take away our right to read and post in the room; return whether there is one."""

    @abstractmethod
    def shut_out(self, who: str) -> bool:
        """Have somebody take no private messages; return whether they can."""

    def violations(self) -> list[str]:
        """Return which requests the platform's published schemas, or our own rules, do not allow."""
        return []

    # --- for all of them ---

    async def until(self, claim: Callable[[], object]) -> None:
        """Return once *claim* is true. Raises: TimeoutError when it never is."""
        async with asyncio.timeout(self.patience):
            while not claim():  # noqa: ASYNC110  # what people see has no event
                await asyncio.sleep(0.002)

    async def post(self, key: str, text: str) -> Receipt:
        """Post as the outbox does: once there is a receipt, the house knows that it stands there."""
        content = words(text)
        receipt = await self.platform.post(PostKey(key), self.room, content)
        self.recorder.note(receipt, content)
        return receipt

    def texts(self) -> list[str]:
        """Return what our posts say."""
        return [post.text for post in self.standing()]

    def says(self, *texts: str) -> bool:
        """Return whether our posts are these and no others, in this order."""
        found = self.texts()
        return len(found) == len(texts) and all(text in post for text, post in zip(texts, found, strict=True))


def words(text: str) -> Content:
    """Return a post of one paragraph."""
    return Content(blocks=(Heading(text="Q1"), Paragraph(runs=(Run(text=text),))), label="post.question")
