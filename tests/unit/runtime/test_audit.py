"""Whatever a store keeps that its logs do not bear out is found, and named by its place, never by its words."""

import asyncio
import shutil
import sqlite3
from pathlib import Path

import pytest

from bot.runtime.audit import Finding, audit
from bot.store import open_store
from tests.unit.runtime.house import OLU, AtWork, at, at_work, quiet

CANARY = "zephyrine"


async def _a_whole_hour(file: Path) -> None:
    """Keep in *file* an hour with answers, an edit, a deletion, somebody forgotten, and a published summary."""
    async with at_work() as house:
        await house.plan(source="winter.toml")
        await house.until(at(9))
        await _talk(house)
        await house.until(at(62))
        assert not (await house.command("publish", expects="after-hour")).refused
        await quiet()
        batches = tuple(house.store.batches)
        assert house.chat.published
    store = await open_store(file)
    for batch in batches:
        await store.append(batch)
    await store.close()


async def _talk(house: AtWork) -> None:
    await house.say("m-1", f"A1 {CANARY} helped me sleep through the whole night, every week")
    await house.say("m-2", "A1 Asking a second time is not rude, it is how I learnt", by=OLU)
    await house.say("m-3", "A1 something said in haste")
    await house.edit("m-1", f"A1 {CANARY} helped me sleep through most of the night, every week")
    await house.react("m-2", "💡")
    await house.command("keep", message="m-1", tag="insight", id="press-1")
    await house.delete("m-3")
    await house.say("m-4", "A1 Nobody asked me what I need", by=OLU)
    await house.command("forget", by=OLU)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the file of an hour in which everything fits."""
    file = tmp_path_factory.mktemp("kept") / "chats.db"
    asyncio.run(_a_whole_hour(file))
    return file


@pytest.fixture
def file(sound: Path, tmp_path: Path) -> Path:
    """Give a copy of that file, to be damaged."""
    return Path(shutil.copy(sound, tmp_path / "chats.db"))


async def found(file: Path) -> list[Finding]:
    """Return everything that does not fit in *file*."""
    store = await open_store(file)
    try:
        return [finding async for _, findings in audit(store) for finding in findings]
    finally:
        await store.close()


VIEWS = (
    "CREATE TEMP VIEW standing AS SELECT message FROM sightings WHERE platform_id = 'm-1'",
    "CREATE TEMP VIEW deleted AS SELECT message FROM sightings WHERE platform_id = 'm-3'",
    "CREATE TEMP VIEW forgotten AS SELECT json_extract(body, '$.person') FROM events WHERE kind = 'person-forgotten'",
    "CREATE TEMP VIEW first AS SELECT min(position) FROM outbox WHERE action = 'post' AND state = 'posted'",
)
"""Names for what the statements below are about."""


def change(file: Path, *statements: str) -> None:
    """Change a store behind its back."""
    connection = sqlite3.connect(file)
    for view in VIEWS:
        connection.execute(view)
    for statement in statements:
        assert connection.execute(statement).rowcount > 0
    connection.commit()
    connection.close()


async def test_a_whole_hour_fits(file: Path) -> None:
    """Edits, deletions, somebody forgotten, a published summary: nothing of it is a problem."""
    assert await found(file) == []


DAMAGES: dict[str, tuple[str, set[str]]] = {
    "a version too high": ("UPDATE chats SET version = version + 1", {"log"}),
    "an event gone": ("DELETE FROM events WHERE version = 5", {"log"}),
    "an event that cannot be read": ("UPDATE events SET body = '{' WHERE version = 5", {"log"}),
    "a log without a beginning": ("UPDATE events SET version = 10000 WHERE version = 1", {"log"}),
    "a post under another key": (
        "UPDATE outbox SET key = key || '-' WHERE position = (SELECT * FROM first)",
        {"receipts", "rows"},
    ),
    "a post to be made again": (
        "UPDATE outbox SET state = 'planned' WHERE position = (SELECT * FROM first)",
        {"rows"},
    ),
    "an id that leads nowhere": (
        "UPDATE sightings SET message = 'm-nobody' WHERE platform_id = 'm-1'",
        {"sightings"},
    ),
    "words gone": ("DELETE FROM words WHERE key = (SELECT * FROM standing) AND revision = 0", set()),
    "the newest words gone": (
        "DELETE FROM words WHERE key = (SELECT * FROM standing) AND revision > 0",
        {"words"},
    ),
    "words of a deleted message": (
        "INSERT INTO words SELECT chat, (SELECT * FROM deleted), 0, text, person, NULL FROM words LIMIT 1",
        {"erased"},
    ),
    "words of somebody forgotten": (
        "UPDATE words SET person = (SELECT * FROM forgotten) WHERE key = (SELECT * FROM standing)",
        {"erased"},
    ),
    "the name of somebody forgotten": (
        "INSERT INTO people SELECT 'fake', 'u-olu', (SELECT * FROM forgotten), 'zephyrine', 0",
        {"erased"},
    ),
    "other words under a quote": (
        "UPDATE words SET text = 'short' WHERE key = (SELECT * FROM standing) AND revision > 0",
        {"summary"},
    ),
    "a summary never posted": ("DELETE FROM outbox WHERE key LIKE '%/summary/%'", {"rows"}),
}


@pytest.mark.parametrize("damage", DAMAGES)
async def test_each_damage_is_found(file: Path, damage: str) -> None:
    """A hole in the log, a lost receipt, words that should be gone or should be there, a quote nobody said."""
    statement, checks = DAMAGES[damage]
    change(file, statement)

    findings = await found(file)

    assert {finding.check for finding in findings} == checks
    assert CANARY not in str(findings)


async def test_a_summary_of_which_nothing_is_left_is_found(file: Path) -> None:
    """Neither posted, nor waiting, nor given up: somebody should hear of it."""
    change(
        file,
        "DELETE FROM outbox WHERE key LIKE '%/summary/%'",
        "UPDATE events SET body = replace(body, '/summary/', '/nowhere/') WHERE kind = 'post-delivered'",
    )

    assert {"rows", "parts"} == {finding.check for finding in await found(file)}


async def test_a_running_bot_is_not_a_problem() -> None:
    """What is on its way at this moment fits as well."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(9))
        await _talk(house)
        findings = [finding async for _, some in audit(house.store) for finding in some]

    assert findings == []
