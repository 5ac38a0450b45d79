"""What every store promises of words, names and platform ids: kept as they were said, and gone when erased."""

import asyncio
from dataclasses import replace

import pytest

from bot.core.names import PersonId, WordKey
from bot.ports import Erasure, StoredText, Words
from bot.store import LeasedStore
from tests.conformance.store.examples import (
    ANN,
    BEN,
    CHAT,
    OTHER_CHAT,
    events,
    forgotten,
    heard,
    message,
    met,
    minute,
    said,
    seen,
)

ODD_TEXTS = [
    "",
    "It is 3 a.m. and I am awake again.",
    "right\u202eto left, z\u0335\u0321al\u0317go, \U0001f468\u200d\U0001f469\u200d\U0001f467, e\u0301 and \u00e9",
    "nul\0 in the middle",
    "half an emoji \ud83d and the other \udca1",
    "the mark we escape with \U0010fffe0; itself",
    "line\u2028separator\r\n",
]


class TestKeeping:
    """Words come back by their key, whoever's they are."""

    @pytest.mark.parametrize("text", ODD_TEXTS, ids=range(len(ODD_TEXTS)))
    async def test_a_text_comes_back_code_point_for_code_point(self, store: LeasedStore, text: str) -> None:
        """What people write is kept exactly, whatever it holds; names as well."""
        await store.append(replace(events(1), words=(said(1, text),), people=(met(name=text),)))

        assert [words.text for words in await store.words(CHAT)] == [text]
        assert await store.acquaintance("local", "u-ann") == met(name=text)

    async def test_texts_are_found_by_key_with_every_revision(self, store: LeasedStore) -> None:
        """An edited message has its older words too, until they are erased."""
        first, second = said(1, "I slept badly."), said(1, "I slept well.", revision=1)
        title = Words(key=WordKey("title"), text="Sleep", digest_key="0d5c")
        await store.append(replace(events(1), words=(second, first, title)))

        assert await store.words(CHAT, [WordKey("m-1"), WordKey("m-9"), WordKey("m-1")]) == (
            StoredText(key=WordKey("m-1"), revision=0, text="I slept badly.", person=ANN),
            StoredText(key=WordKey("m-1"), revision=1, text="I slept well.", person=ANN),
        )
        assert await store.words(CHAT, []) == ()
        assert (await store.words(CHAT))[-1].digest_key == "0d5c"
        assert await store.words(OTHER_CHAT) == ()

    async def test_a_revision_may_be_a_time(self, store: LeasedStore) -> None:
        """An edit is numbered by when it was made, in milliseconds since 1970: no store runs out of numbers."""
        edited = Words(key=WordKey(message(1)), revision=1_795_302_745_798, text="said better", person=ANN)
        await store.append(replace(events(1), words=(said(1, "said"), edited)))

        assert [(text.revision, text.text) for text in await store.words(CHAT)] == [
            (0, "said"),
            (1_795_302_745_798, "said better"),
        ]

    async def test_many_keys_are_asked_for_at_once(self, store: LeasedStore) -> None:
        """A summary may ask for more texts than one query can carry."""
        numbers = range(1_200)
        await store.append(
            replace(events(1), words=tuple(said(number, f"Line {number}") for number in numbers))
        )

        found = await store.words(CHAT, [WordKey(message(number)) for number in (*numbers, *numbers)])

        assert sorted(words.text for words in found) == sorted(f"Line {number}" for number in numbers)

    async def test_a_text_said_anew_replaces_the_old_one(self, store: LeasedStore) -> None:
        """A plan's title that was changed has one text, the new one."""
        for version, title in enumerate(("Sleep", "Sleep and work")):
            words = Words(key=WordKey("title"), text=title)
            await store.append(replace(events(version, expected=version), words=(words,)))

        assert [words.text for words in await store.words(CHAT)] == ["Sleep and work"]

    async def test_people_are_known_by_their_newest_name(self, store: LeasedStore) -> None:
        """Somebody who goes by a new name is still the same person; old news does not bring the old name back."""
        names = (met(name="Ann", at=minute(1)), met(name="Annie", at=minute(3)), met(name="An", at=minute(2)))
        for version, known in enumerate(names):
            await store.append(
                replace(events(version, expected=version), people=(known, met(BEN, "Ben", id="u-b")))
            )

        assert await store.people([ANN]) == (names[1],)
        assert {known.name for known in await store.people()} == {"Annie", "Ben"}
        assert await store.people([PersonId("p-0000")]) == ()
        assert await store.acquaintance("slack", "u-ann") is None


class TestErasing:
    """What is erased cannot be read any more; what it stood beside can."""

    async def test_words_are_erased_by_key(self, store: LeasedStore) -> None:
        """A deleted message loses all its revisions, in its own chat only."""
        words = (said(1, "one"), said(1, "one, edited", revision=1), said(2, "two"))
        await store.append(replace(events(1, 2), words=words))
        await store.append(replace(events(1, chat=OTHER_CHAT), words=(said(1, "elsewhere"),)))

        await store.append(replace(events(expected=2), erasures=(Erasure(keys=(WordKey("m-1"),)),)))

        assert [text.text for text in await store.words(CHAT)] == ["two"]
        assert [text.text for text in await store.words(OTHER_CHAT)] == ["elsewhere"]

    async def test_a_person_is_forgotten_everywhere(self, store: LeasedStore) -> None:
        """Words, names and platform ids of somebody leave every chat; the others keep theirs, the log keeps all."""
        both = (met(), met(BEN, "Ben", id="u-ben"))
        words = (said(1, "Ann's"), said(2, "Ben's", author=BEN))
        await store.append(replace(events(1, 2), words=words, people=both, sightings=(seen(1), seen(2, BEN))))
        await store.append(
            replace(events(3, chat=OTHER_CHAT), words=(said(3, "Ann's"),), sightings=(seen(3),))
        )

        gone = replace(events(expected=2), events=(forgotten(ANN),), erasures=(Erasure(person=ANN),))
        await store.append(gone)

        assert [text.text for text in await store.words(CHAT)] == ["Ben's"]
        assert await store.words(OTHER_CHAT) == ()
        assert await store.people() == (both[1],)
        assert await store.acquaintance("local", "u-ann") is None
        loaded = await store.load(CHAT)
        assert loaded.sightings == (seen(2, BEN),)
        assert loaded.events == (heard(1), heard(2), forgotten(ANN))
        assert (await store.load(OTHER_CHAT)).sightings == ()

    async def test_erasing_reaches_the_words_of_its_own_batch(self, store: LeasedStore) -> None:
        """Somebody who writes and asks to be forgotten in one breath is forgotten."""
        batch = replace(events(1), words=(said(1, "one"),), people=(met(),), sightings=(seen(1),))
        await store.append(replace(batch, erasures=(Erasure(person=ANN),)))

        assert await store.words(CHAT) == ()
        assert await store.people() == ()
        assert (await store.load(CHAT)).sightings == ()

    async def test_what_follows_an_erasing_is_not_erased(self, store: LeasedStore) -> None:
        """Batches that are handed over at once keep their order: who writes after being forgotten is heard."""
        await store.append(replace(events(1), people=(met(ANN),), words=(said(1, "before"),)))
        gone = replace(events(expected=1), erasures=(Erasure(person=ANN),))
        back = replace(events(2, expected=1), people=(met(BEN),), words=(said(2, "after"), said(3, "too")))

        await asyncio.gather(store.append(gone), store.append(back))

        assert [text.text for text in await store.words(CHAT)] == ["after", "too"]
        assert await store.people() == (met(BEN),)

    async def test_somebody_forgotten_may_come_back_as_a_stranger(self, store: LeasedStore) -> None:
        """Who was forgotten is nobody we know; when they return they get a new name from us."""
        await store.append(replace(events(1), people=(met(ANN),), sightings=(seen(1),)))
        await store.append(replace(events(expected=1), erasures=(Erasure(person=ANN),)))
        await store.append(
            replace(events(2, expected=1), people=(met(BEN),), sightings=(seen(1, BEN, as_message=2),))
        )

        assert await store.acquaintance("local", "u-ann") == met(BEN)
