"""What machines read about the bot: counts and times, never words; and nobody reads it who has no business to."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from aiohttp import ClientSession, web
from pydantic import SecretStr

from bot.core.names import ChatId, PostKey
from bot.errors import StoreTrouble
from bot.ports import Batch, HeardEcho, HeardGap
from bot.runtime.clock import SteppedClock
from bot.runtime.pulse import STALE, Pulse
from bot.store import MemoryStore
from bot.web.gate import Gate
from bot.web.metrics import Metrics
from bot.web.vitals import Vitals
from tests.fakes.platform import lost_answer, no_way, slow_down
from tests.unit.runtime.house import BUG, MAIN, MEERA, AtWork, TroubledStore, at, at_work, quiet

TOKEN = "open sesame"
CANARY = "zephyrine"


@dataclass(slots=True)
class Measured:
    """A bot at work, and what it tells of itself."""

    house: AtWork
    vitals: Vitals
    metrics: Metrics
    pulse: Pulse
    address: str

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        """Return status and text of *path*."""
        async with ClientSession() as asking, asking.get(self.address + path, headers=headers) as answer:
            return answer.status, await answer.text()

    async def figures(self) -> dict[str, float]:
        """Return every figure by its name with labels."""
        _, text = await self.get("/metrics")
        return dict(_figures(text))


def _figures(text: str) -> Iterator[tuple[str, float]]:
    for line in text.splitlines():
        if not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            yield name, float(value)


@asynccontextmanager
async def measured(token: str | None = None, store: TroubledStore | None = None) -> AsyncIterator[Measured]:
    """Give a bot at work with its vital signs on a port of this machine."""
    async with at_work(store=store) as house:
        service = house.service
        metrics = service.meter = Metrics(house.clock)
        pulse = Pulse(store=house.store, clock=house.clock, epoch=0)
        gate = Gate(SecretStr(token) if token else None)
        vitals = Vitals(service, pulse, metrics, gate, lambda: True)
        app = web.Application()
        app.add_routes(vitals.routes())
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        [(_, port, *_)] = runner.addresses
        try:
            yield Measured(house, vitals, metrics, pulse, f"http://127.0.0.1:{port}")
        finally:
            await runner.cleanup()


# --- who may read ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/readyz", "/metrics"])
@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "203.0.113.7"},
        {"Forwarded": "for=203.0.113.7"},
        {"Host": "chat.example.org"},
        {"Host": "evil.example.org:8080", "Authorization": "Bearer "},
        {"X-Forwarded-For": "203.0.113.7", "Authorization": "Bearer open barley"},
        {"X-Forwarded-For": "203.0.113.7", "Authorization": TOKEN},
    ],
)
async def test_the_world_reads_nothing(path: str, headers: dict[str, str]) -> None:
    """Through the proxy, under the public name, by a page in a browser here, with a wrong token: no figure."""
    async with measured(token=TOKEN) as bot:
        status, text = await bot.get(path, **headers)

    assert status == 403
    assert "tweetchat_" not in text
    assert TOKEN not in text


async def test_an_empty_token_opens_nothing() -> None:
    """Where no token is set there is none to guess."""
    async with measured() as bot:
        status, _ = await bot.get("/metrics", **{"X-Real-IP": "203.0.113.7", "Authorization": "Bearer "})

    assert status == 403


async def test_the_machine_itself_and_whoever_has_the_token_may_read() -> None:
    """A scraper beside the bot needs nothing; one elsewhere shows the token."""
    from_afar = {"X-Forwarded-For": "203.0.113.7", "Authorization": f"Bearer {TOKEN}"}
    async with measured(token=TOKEN) as bot:
        assert (await bot.get("/metrics"))[0] == 200
        assert (await bot.get("/metrics", **from_afar))[0] == 200


async def test_anybody_may_ask_whether_it_lives() -> None:
    """And learns that alone."""
    async with measured() as bot:
        assert await bot.get("/healthz", Host="chat.example.org") == (200, '{"status": "ok"}')


# --- ready ----------------------------------------------------------------------------------------------------


async def test_a_bot_is_ready_when_everything_works() -> None:
    """The store takes writes, the lease is ours, the platform is there: 200, each by its name."""
    async with measured() as bot:
        await bot.pulse.beat()
        assert await bot.get("/readyz") == (200, '{"store": true, "lease": true, "fake": true}')


async def test_a_store_that_takes_nothing_is_told() -> None:
    """Before the first write, and some seconds after the last one that succeeded."""
    async with measured() as bot:
        assert (await bot.get("/readyz"))[0] == 503
        await bot.pulse.beat()
        bot.house.store.full = True
        await bot.house.pass_by(STALE + 1)
        await bot.pulse.beat()
        status, text = await bot.get("/readyz")

    assert status == 503
    assert '"store": false' in text


async def test_a_cut_line_is_told() -> None:
    """A platform that tells us nothing is named."""
    async with measured() as bot:
        await bot.pulse.beat()
        bot.house.platform.is_connected = False
        assert await bot.get("/readyz") == (503, '{"store": true, "lease": true, "fake": false}')


async def test_a_lost_lease_is_told() -> None:
    """Whoever may write no more is not ready, and knows it with the next beat."""
    store = MemoryStore()
    mine = await store.lease.acquire("bot 1")
    pulse = Pulse(store=store, clock=SteppedClock(at(0)), epoch=mine)
    await pulse.beat()
    assert pulse.is_ours

    await store.lease.release()
    await store.lease.acquire("bot 2")
    await pulse.beat()

    assert not pulse.is_ours


async def test_a_pulse_leaves_no_chat_behind() -> None:
    """What is written to see whether anything can be written shows nowhere."""
    store = MemoryStore()
    await Pulse(store=store, clock=SteppedClock(at(0)), epoch=0).beat()

    assert await store.chats() == ()
    with pytest.raises(StoreTrouble):
        await TroubledFully().append(Batch(chat=ChatId("pulse"), expected=0, epoch=0))


class TroubledFully(TroubledStore):
    """A store that is full from the start."""

    def __init__(self) -> None:
        super().__init__()
        self.full = True


# --- figures --------------------------------------------------------------------------------------------------


async def test_what_people_say_is_counted_and_not_told() -> None:
    """Messages by platform and kind, how fast they were durable, what was refused; no word, name or id of them."""
    async with measured() as bot:
        await bot.house.plan()
        await bot.house.until(at(1))
        await bot.house.say("m-1", f"Rest helps, says {CANARY}")
        await bot.house.react("m-1", "💡")
        await bot.house.command("next", by=MEERA)
        figures, (_, text) = await bot.figures(), await bot.get("/metrics")
        chat = bot.house.chat

    assert figures['tweetchat_heard_total{kind="message",outcome="stored",platform="fake"}'] == 1
    assert figures['tweetchat_heard_total{kind="command",outcome="refused",platform="fake"}'] == 1
    assert figures['tweetchat_durable_seconds_count{platform="fake"}'] == 2
    assert figures["tweetchat_commits_total"] >= 3
    assert figures["tweetchat_batch_events_count"] == figures["tweetchat_commits_total"]
    assert figures['tweetchat_chats{phase="introductions"}'] == 1
    for secret in (CANARY, "Rest", chat.id, str(MAIN), "m-1", MEERA.id, MEERA.name, *chat.people):
        assert secret not in text


async def test_posts_are_counted_by_what_became_of_them() -> None:
    """Posted, given up; how many wait and for how long; how late they were."""
    async with measured() as bot:
        house = bot.house
        await house.plan()
        await house.until(at(1))
        house.platform.expect(MAIN, no_way())
        await house.command("say", text="never seen")
        house.platform.expect(MAIN, slow_down(20), slow_down(20))
        await house.command("say", text="seen late")
        await house.pass_by(10)
        waiting = await bot.figures()
        await house.pass_by(60)
        figures = await bot.figures()

    assert waiting['tweetchat_outbox_rows{platform="fake"}'] == 1
    assert waiting['tweetchat_outbox_oldest_seconds{platform="fake"}'] == 10
    assert figures['tweetchat_outbox_rows{platform="fake"}'] == 0
    done = 'tweetchat_posts_total{action="post",outcome="%s",platform="fake",via="%s"}'
    assert figures[done % ("failed", "none")] == 1
    assert figures[done % ("posted", "response")] == house.platform.keys(MAIN).__len__()
    assert figures['tweetchat_post_late_seconds_count{platform="fake"}'] >= 2
    assert figures['tweetchat_post_late_seconds_bucket{le="0.05",platform="fake"}'] >= 2


async def test_gaps_doubts_doubles_and_trouble_are_counted() -> None:
    """What a moderator would be told, as figures."""
    async with measured() as bot:
        house = bot.house
        await house.plan()
        await house.until(at(1))
        now = house.clock.now()
        await house.hear(HeardGap(room=MAIN, since=now - timedelta(seconds=5), until=now))
        [*_, key] = house.platform.keys(MAIN)
        await house.hear(HeardEcho(room=MAIN, key=PostKey(key), id="twice", at=now))
        house.service.desk.tell(house.chat.id, MAIN, "slow down")
        house.service.desk.tell(house.chat.id, None, "the disk is full")
        house.platform.blind = True
        house.platform.expect(MAIN, lost_answer(stands=True))
        await house.command("say", text="who knows")
        await house.pass_by(300)
        figures = await bot.figures()

    assert figures['tweetchat_gaps_total{platform="fake"}'] == 1
    assert figures['tweetchat_doubles_total{platform="fake"}'] == 1
    assert figures['tweetchat_doubts_total{platform="fake"}'] == 1
    assert figures['tweetchat_trouble{place="fake"}'] == 1
    assert figures['tweetchat_trouble{place="store"}'] in {0, 1}


async def test_the_number_of_series_does_not_grow_with_what_people_do() -> None:
    """A season of chats and a hundred talkers make no more lines than the first of each kind."""
    async with measured() as bot:
        await bot.house.plan()
        await bot.house.until(at(1))
        await bot.house.say("m-0", "first")
        before = set(await bot.figures())
        for number in range(1, 30):
            await bot.house.say(f"m-{number}", f"{BUG[:3]} {number}")
        await bot.house.plan(source="other", hashtag="#hcother")
        await quiet()
        after = set(await bot.figures())

    assert {re.sub(r'le="[^"]+"', "", name) for name in after} == {
        re.sub(r'le="[^"]+"', "", name) for name in before
    }
