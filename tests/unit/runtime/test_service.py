"""What is heard reaches the right chat, what is decided reaches its rooms, and summaries are published and mended."""

import asyncio
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from bot.core.names import ChatId, QuestionId
from bot.core.phases import Phase
from bot.core.plan import question_words
from bot.errors import Refused, StoreTrouble, SummaryUnsound
from bot.markup import Quote
from bot.ports import Batch, HeardEcho, PostKey
from bot.runtime.composer import Composed, Edition, InlineComposer
from bot.store import MemoryStore
from tests.fakes.platform import lost_answer
from tests.unit.runtime.house import (
    ANDREW,
    MAIN,
    MEERA,
    OLU,
    SIDE,
    STARTS,
    TEXTS,
    AtWork,
    TroubledStore,
    a_plan,
    at,
    at_work,
    quiet,
)

SUMMARY = "post.summary-part"


async def the_hour_is_over(house: AtWork, **changes: object) -> None:
    """Tell a small chat to its end: three answers, one of them kept."""
    await house.plan(late_answers=timedelta(minutes=5), **changes)
    await house.until(at(9))
    await house.say("m1", "A1 Pacing myself through the working day helped me most of all", MEERA)
    await house.say("m2", "A1 A manager who asks before she plans the rota for the week", OLU)
    await house.say("m3", "A1 Standing desks, and being believed the first time I said it", MEERA)
    await house.command("keep", message="m1", tag="insight")
    await house.command("keep", message="m2", tag="barrier")
    await house.until(at(66))
    assert house.chat.phase in (Phase.REVIEW, Phase.PUBLISHED)


def summary(house: AtWork) -> str:
    """Return what stands of the summary in the main room."""
    texts = [one.text for one in house.platform.rooms.get(MAIN, ()) if "/summary/" in one.key]
    quotes = [
        block.text
        for one in house.platform.rooms.get(MAIN, ())
        if "/summary/" in one.key
        for block in one.content.blocks
        if hasattr(block, "text")
    ]
    return "\n".join([*texts, *quotes])


def signatures(house: AtWork) -> str:
    """Return who is named under the quotes of the summary in the main room."""
    posts = [one for one in house.platform.rooms[MAIN] if "/summary/" in one.key]
    return "\n".join(block.by for one in posts for block in one.content.blocks if isinstance(block, Quote))


# --- whose is it ----------------------------------------------------------------------------------------------


async def test_in_a_room_with_several_chats_the_running_one_is_meant() -> None:
    """What people write belongs to the chat that runs, not to last week's nor to next week's."""
    async with at_work() as house:
        past = await house.plan(source="past.toml")
        coming = await house.plan(
            source="coming.toml", hashtag="#hcnext", starts_at=STARTS + timedelta(hours=3)
        )
        await house.until(at(1))
        assert house.service.roster.chat_in(MAIN) is house.service.roster.chats[past]
        await house.say("m1", "Hello")

        await house.until(at(3 * 60 + 1))
        assert house.service.roster.chat_in(MAIN) is house.service.roster.chats[coming]
        await house.say("m2", "Hello again")

        assert len(house.service.roster.chats[past].chat.messages) == 1
        assert len(house.service.roster.chats[coming].chat.messages) == 1


async def test_a_change_of_an_old_message_goes_to_its_own_chat() -> None:
    """A deletion of last week's line reaches last week's chat, though another one runs."""
    async with at_work() as house:
        past = await house.plan(source="past.toml")
        await house.plan(source="coming.toml", hashtag="#hcnext", starts_at=STARTS + timedelta(hours=3))
        await house.until(at(1))
        said = await house.say("m1", "Please take this back one day")
        await house.until(at(3 * 60 + 1))

        await house.delete("m1")

        assert house.service.roster.chats[past].chat.messages[said.message or ""].deleted


async def test_a_command_with_the_name_of_its_chat_goes_there() -> None:
    """A button on last week's card acts on last week's chat."""
    async with at_work() as house:
        past = await house.plan(source="past.toml")
        coming = await house.plan(
            source="coming.toml", hashtag="#hcnext", starts_at=STARTS + timedelta(hours=3)
        )
        await house.until(at(2))

        await house.command("hold", chat=coming)

        assert house.service.roster.chats[coming].chat.held_since is not None
        assert house.service.roster.chats[past].chat.held_since is None


async def two_chats(house: AtWork) -> tuple[ChatId, ChatId]:
    """Publish a chat that names people; the next one of the series has the room by then."""
    past = await house.plan(source="past.toml", reminders=(), late_answers=timedelta(hours=1))
    coming = await house.plan(
        source="coming.toml", hashtag="#hcnext", starts_at=STARTS + timedelta(days=7), reminders=()
    )
    await house.until(at(9))
    await house.command("moderate", chat=past)
    await house.say("m1", "A1 Pacing myself through the working day helped me most of all")
    await house.command("keep", message="m1", tag="insight")
    await house.until(at(125))
    return past, coming


async def test_who_has_a_summary_to_review_sees_that_chat_until_the_next_one_opens() -> None:
    """The next chat of a series is announced while the last one still waits for its moderator."""
    async with at_work() as house:
        past, coming = await two_chats(house)
        roster = house.service.roster
        await house.command("moderate", chat=coming)
        andrew = house.service.people.known("fake", ANDREW.id)
        meera = house.service.people.known("fake", MEERA.id)
        assert andrew is not None
        assert meera is not None
        assert roster[past].chat.phase is Phase.REVIEW

        assert roster.chat_seen_in(MAIN, andrew.person) is roster[past]
        assert roster.chat_seen_in(MAIN, meera.person) is roster[coming]
        assert roster.chat_seen_in(MAIN, None) is roster[coming]

        await house.until(at(7 * 24 * 60 - 5))
        assert roster.chat_seen_in(MAIN, andrew.person) is roster[coming]


async def test_a_no_reaches_the_published_summary_of_a_chat_that_has_left_the_room() -> None:
    """Whoever takes their consent back need not know which chat the room belongs to now."""
    async with at_work() as house:
        past, coming = await two_chats(house)
        await house.command("publish", chat=past)
        await house.pass_by(5)
        assert MEERA.name in signatures(house)

        await house.command("consent", MEERA, choice="role")
        await house.pass_by(5)
        assert MEERA.name not in signatures(house)

        await house.command("consent", MEERA, choice="named")
        await house.pass_by(5)
        assert MEERA.name not in signatures(house)

        await house.command("consent", MEERA, choice="no")
        await house.pass_by(5)
        assert "Pacing myself" not in summary(house)
        people = house.service.roster[coming].chat.people.values()
        assert [person.choice for person in people if person.choice] == ["no"]


async def test_a_command_about_an_old_message_goes_to_its_own_chat() -> None:
    """The question "may we quote you?" is answered days later, when the room belongs to the next chat."""
    async with at_work() as house:
        past, _ = await two_chats(house)

        reply = await house.command("consent", MEERA, choice="no", message="m1")

        assert not reply.refused
        choices = [person.choices for person in house.service.roster[past].chat.people.values()]
        assert {"no"} == {choice for given in choices for choice in given.values()}


async def test_a_replaced_link_takes_nothing_that_everybody_may_do() -> None:
    """Who came by a link that was replaced moderates no more, and can be forgotten like anybody."""
    async with at_work() as house:
        chat = await house.plan()
        await house.until(at(9))
        await house.say("m1", "My canary sings")
        await house.command("moderate")
        await house.command("rotate-link")

        refused = await house.command("hold", MEERA, chat=chat, generation="1")
        forgotten = await house.command("forget", MEERA, chat=chat, generation="1")

        assert refused.refused
        assert not forgotten.refused
        assert "canary" not in repr(await house.store.words(chat))


async def test_a_room_without_a_chat_says_so() -> None:
    """Who writes where nothing is planned reads why nothing happens."""
    async with at_work() as house:
        reply = await house.say("m1", "Anybody?")

        assert reply.refused
        assert "no chat in this room" in reply.text


async def test_a_chat_reads_the_same_in_each_of_its_rooms() -> None:
    """A chat in two rooms asks in both and hears both."""
    async with at_work() as house:
        await house.plan(rooms=(MAIN, SIDE))
        await house.until(at(9))
        await house.say("m1", "Here", MEERA, MAIN)
        await house.say("m1", "And here", OLU, SIDE)

        assert house.platform.texts(MAIN) == house.platform.texts(SIDE)
        assert sum(message.heard is not None for message in house.chat.messages.values()) == 2


async def test_plain_participants_cannot_create_chats() -> None:
    """Who has no owner's link is told so when they try to make a chat."""
    async with at_work() as house:
        reply = await house.command("new", MEERA)

        assert reply.refused
        assert house.service.roster.chats == {}


# --- plans ----------------------------------------------------------------------------------------------------


async def test_a_changed_plan_changes_its_chat_and_only_its_words_that_changed() -> None:
    """An edited plan file is the same chat with another text, told again to those who know of it."""
    async with at_work() as house:
        chat = await house.plan(source="a.toml")
        await quiet()

        words = {**TEXTS, "title": "Working well with arthritis"}
        again = await house.service.plan(a_plan(wrap=timedelta(minutes=2)), words, "a.toml")
        await quiet()

        assert again == chat
        assert (await house.stored_texts())["title"] == "Working well with arthritis"
        assert house.chat.plan.wrap == timedelta(minutes=2)
        revisions = [text for text in await house.store.words(chat) if text.key == "question/q1"]
        assert len(revisions) == 1
        assert "Working well" in house.platform.texts(MAIN)[-1]


async def test_the_same_plan_again_changes_nothing() -> None:
    """A restart that reads the same plan file again says nothing to anybody."""
    async with at_work() as house:
        await house.plan(source="a.toml")
        await quiet()
        said, version = list(house.platform.texts(MAIN)), house.chat.version

        await house.plan(source="a.toml")
        await quiet()

        assert house.platform.texts(MAIN) == said
        assert house.chat.version == version


async def test_the_plan_of_a_past_chat_stays_as_it_was() -> None:
    """Nobody can rewrite what was asked last week."""
    async with at_work() as house:
        await house.plan(source="a.toml")
        await house.until(at(70))

        with pytest.raises(Refused) as refused:
            await house.plan(source="a.toml", length=timedelta(minutes=90))

        assert refused.value.reason == "refused.plan-is-history"


async def test_the_words_of_a_past_chat_stay_as_they_were() -> None:
    """A question mended in the file after the hour leaves the published one alone."""
    async with at_work() as house:
        chat = await house.plan(source="a.toml")
        await house.until(at(70))
        words = dict(TEXTS) | {question_words(QuestionId("q1")): "What would you rather have been asked?"}

        with pytest.raises(Refused):
            await house.service.plan(a_plan(), words, "a.toml")

        assert "rather" not in repr(await house.store.words(chat))


# --- publishing -----------------------------------------------------------------------------------------------


async def test_only_a_moderator_publishes() -> None:
    """A participant who tries to publish is refused before any summary is made."""
    async with at_work(composer=CountingComposer()) as house:
        counting = house.service.composer
        assert isinstance(counting, CountingComposer)
        counting.inner = InlineComposer(house.store)
        await the_hour_is_over(house)

        refused = await house.command("publish", MEERA)
        assert refused.refused
        assert counting.drafts == 0

        done = await house.command("publish", ANDREW)
        assert (done.refused, "published" in done.text) == (False, True)
        assert house.chat.phase is Phase.PUBLISHED


async def test_each_part_of_the_summary_is_posted_once() -> None:
    """A double press of publish posts one summary, every part of it once."""
    async with at_work() as house:
        await the_hour_is_over(house)

        replies = await asyncio.gather(house.command("publish"), house.command("publish"))
        await house.pass_by(5)

        assert sorted(reply.refused for reply in replies) == [False, True]
        keys = [key for key in house.platform.keys(MAIN) if "/summary/" in key]
        assert keys == house.posts(SUMMARY)
        assert len(keys) == house.chat.parts > 0


async def test_auto_means_that_nobody_has_to_press() -> None:
    """A plan with publish = "auto" publishes by itself once late answers are in."""
    async with at_work() as house:
        await the_hour_is_over(house, publish="auto")
        await house.pass_by(5)

        assert house.chat.phase is Phase.PUBLISHED
        assert "Pacing myself" in summary(house)


async def test_auto_waits_for_a_full_disk() -> None:
    """A summary that cannot be stored is published when it can be, and the bot goes on."""
    async with at_work() as house:
        await house.plan(late_answers=timedelta(minutes=5), publish="auto")
        await house.until(at(64))
        composer = FillingComposer(house.store)
        house.service.publisher.composer = composer
        await house.until(at(66))
        assert house.store.full

        house.store.full = False
        await house.pass_by(30)

        assert house.chat.phase is Phase.PUBLISHED
        assert len([key for key in house.platform.keys(MAIN) if "/summary/" in key]) == house.chat.parts


async def test_auto_does_what_a_restart_interrupted() -> None:
    """A bot that was killed while it made the summary publishes it when it is back, once."""
    async with at_work() as house:
        await house.plan(late_answers=timedelta(minutes=5), publish="auto")
        await house.until(at(64))
        house.service.publisher.composer = EndlessComposer()
        await house.until(at(66))
        assert house.chat.phase is Phase.REVIEW
        store, platform = house.store, house.platform

    async with at_work(store=store, platform=platform, now=at(67)) as house:
        await house.pass_by(5)

        assert house.chat.phase is Phase.PUBLISHED
        assert [key for key in platform.keys(MAIN) if "/summary/" in key] == house.posts(SUMMARY)


async def test_an_unsound_summary_is_told_and_stops_nobody() -> None:
    """When a quote cannot be found, nothing is published, the card says so, and the bot goes on."""
    async with at_work() as house:
        await house.plan(late_answers=timedelta(minutes=5), publish="auto")
        await house.until(at(64))
        house.service.publisher.composer = UnsoundComposer()
        await house.until(at(66))

        assert house.chat.phase is Phase.REVIEW
        assert "not borne out" in next(iter(house.service.desk.trouble.values()))
        assert (await house.command("publish", MEERA)).text  # somebody is still there to answer


@pytest.mark.parametrize("reason", [SummaryUnsound("chapter-1/quote-1"), BrokenProcessPool("killed twice")])
async def test_a_summary_that_cannot_be_made_ends_no_chat(reason: Exception) -> None:
    """Asked for by a moderator or by itself: it is told what is the matter, and everything else goes on."""
    async with at_work() as house:
        await house.plan(late_answers=timedelta(minutes=5), publish="auto")
        await house.until(at(64))
        await house.command("say", text="Thank you")
        house.service.publisher.composer = UnsoundComposer(reason=reason)
        await house.until(at(66))
        assert house.service.desk.trouble
        house.service.desk.trouble.clear()

        assert (await house.command("publish")).refused
        assert house.service.desk.trouble

        house.service.publisher.composer = InlineComposer(house.store)
        assert not (await house.command("publish")).refused
        assert not house.service.desk.trouble


async def test_a_line_deleted_while_the_summary_is_made_sends_it_back() -> None:
    """A summary that would quote what was deleted a moment ago is made anew, without the line."""
    async with at_work() as house:
        await the_hour_is_over(house)
        house.service.publisher.composer = InterruptedComposer(house, times=1)

        reply = await house.command("publish")
        await house.pass_by(5)

        assert not reply.refused
        assert "Pacing myself" not in summary(house)
        assert "manager who asks" in summary(house)


async def test_who_edits_faster_than_a_summary_is_made_stops_it_in_the_end() -> None:
    """After five tries the moderator reads that the draft keeps changing."""
    async with at_work() as house:
        await the_hour_is_over(house)
        house.service.publisher.composer = InterruptedComposer(house, times=9, edit=True)

        reply = await house.command("publish")

        assert reply.refused
        assert "look once more" in reply.text
        assert house.chat.phase is Phase.REVIEW


async def test_a_deletion_reaches_the_published_summary() -> None:
    """Whoever deletes their line after the summary is out finds it gone from the posts as well."""
    async with at_work() as house:
        await the_hour_is_over(house)
        await house.command("publish")
        await house.pass_by(5)
        assert "Pacing myself" in summary(house)
        posts = len(house.platform.rooms[MAIN])

        await house.delete("m1")
        await house.pass_by(5)

        assert "Pacing myself" not in summary(house)
        assert "manager who asks" in summary(house)
        assert len(house.platform.rooms[MAIN]) == posts
        published = await house.service.publisher.published(house.chat)
        assert published is not None
        assert "Pacing myself" not in repr(published)


async def test_hundreds_who_open_a_new_summary_at_once_have_it_made_once() -> None:
    """Making it takes a second of CPU: three hundred pages must not take five minutes. So with the draft."""
    async with at_work() as house:
        await the_hour_is_over(house)
        composer = house.service.publisher.composer = AsWorkersDo(inner=InlineComposer(house.store))
        publisher, chat = house.service.publisher, house.chat

        drafts = await asyncio.gather(*(publisher.draft(chat) for _ in range(300)))
        assert (composer.drafts, len(set(map(id, drafts)))) == (1, 1)

        await house.command("publish")
        await house.pass_by(5)
        composer.out = 0
        await house.delete("m1")
        await asyncio.gather(*(publisher.published(chat) for _ in range(300)))
        assert composer.out == 1


async def test_being_forgotten_reaches_every_chat_somebody_took_part_in() -> None:
    """Asked for in today's chat, it erases last week's words as well, and the name that stands over both."""
    async with at_work() as house:
        past = await house.plan(source="past.toml")
        coming = await house.plan(
            source="next.toml", hashtag="#hcnext", starts_at=STARTS + timedelta(hours=3)
        )
        await house.until(at(1))
        await house.say("m1", "My canary sings")
        await house.until(at(3 * 60 + 1))
        await house.say("m2", "My second canary sings")

        await house.command("forget", MEERA)

        for chat in (past, coming):
            assert "canary" not in repr(await house.store.words(chat))
            assert all(message.deleted for message in house.service.roster[chat].chat.messages.values())
        assert await house.store.acquaintance("fake", MEERA.id) is None
        assert MEERA.name not in repr(await house.store.people())


class OneLogStuck(TroubledStore):
    """A store that cannot write the log of one chat for now."""

    stuck: ChatId | None = None

    async def append(self, batch: Batch) -> None:
        """Refuse that one."""
        if batch.chat == self.stuck:
            raise StoreTrouble("not now")
        await super().append(batch)


@pytest.mark.parametrize("restarted", [False, True])
async def test_being_forgotten_in_one_chat_only_is_made_up_for(*, restarted: bool) -> None:
    """Their id leads to nobody by then, so they cannot ask again: not when the disk was full, nor after a crash."""
    store = OneLogStuck()
    async with at_work(store=store) as house:
        past = await house.plan(source="past.toml", rooms=(SIDE,))
        coming = await house.plan(source="next.toml")
        await house.until(at(1))
        await house.say("m1", "My canary sings", room=SIDE)
        await house.say("m2", "My second canary sings")
        store.stuck = past
        asked = house.tasks.create_task(house.command("forget", MEERA, chat=coming))
        await quiet()
        if not restarted:
            store.stuck = None
            await house.pass_by(5)
            assert not (await asked).refused
        asked.cancel()

    store.stuck = None
    async with at_work(store=store, now=house.clock.now()) as house:
        for chat in (past, coming):
            known = house.service.roster[chat].chat
            assert all(message.deleted for message in known.messages.values())
            assert known.forgotten_until is not None


async def test_what_was_refused_does_not_come_in_as_an_edit() -> None:
    """Before the doors open nothing is kept; mending a slip in it changes nothing about that."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(-30))

        refused = [
            await house.say("m1", "My canary sings"),
            await house.edit("m1", "My canary sings.", by=None),
        ]

        assert [reply.refused for reply in refused] == [True, True]
        assert "canary" not in repr(await house.store.words(house.chat.id))


async def test_words_of_somebody_forgotten_do_not_come_back_with_an_edit() -> None:
    """A reply made their message known by its id alone; it was never heard, and what it says now isn't either."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(9))
        await house.say("m1", "A1 Good evening")
        await house.say("m3", "A1 So do I", by=OLU, reply_to="m2")
        await house.command("forget", MEERA)
        await house.pass_by(5)

        await house.edit("m2", "My canary sings", by=None)

        assert "canary" not in repr(await house.store.words(house.chat.id))


async def test_a_deletion_reaches_a_part_of_the_summary_that_only_a_moderator_saw() -> None:
    """Its answer was lost and its history hidden: who takes their words back has them out of it."""
    async with at_work() as house:
        await the_hour_is_over(house)
        house.platform.expect(MAIN, lost_answer(stands=True))
        house.platform.empty = True
        await house.command("publish")
        await house.pass_by(200)
        [part] = house.chat.in_doubt
        await house.command("settle-post", post=part, answer="there")
        house.platform.empty = False
        assert "Pacing myself" in summary(house)

        await house.delete("m1", MEERA)
        await house.pass_by(5)

        assert "Pacing myself" not in summary(house)


async def test_taking_consent_back_reaches_the_published_summary() -> None:
    """Who says no afterwards is quoted no more."""
    async with at_work() as house:
        await the_hour_is_over(house)
        await house.command("publish")
        await house.pass_by(5)

        await house.command("consent", MEERA, choice="no")
        await house.pass_by(5)

        assert "Pacing myself" not in summary(house)


async def test_who_wants_no_name_any_more_is_not_named_in_the_posts_either() -> None:
    """The last word counts: without a name, not at all, and with the name again."""
    async with at_work() as house:
        await the_hour_is_over(house)
        await house.command("publish")
        await house.pass_by(5)
        assert MEERA.name in signatures(house)

        await house.command("consent", MEERA, choice="role")
        await house.pass_by(5)
        assert MEERA.name not in signatures(house)
        assert "Pacing myself" in summary(house)

        for choice, is_quoted in (("no", False), ("named", True), ("no", False)):
            await house.command("consent", MEERA, choice=choice)
            await house.pass_by(5)
            assert ("Pacing myself" in summary(house)) is is_quoted


async def test_a_summary_taken_back_leaves_no_quote_behind() -> None:
    """After retract each of its posts says that it was taken back."""
    async with at_work() as house:
        await the_hour_is_over(house)
        await house.command("publish")
        await house.pass_by(5)

        await house.command("retract")
        await house.pass_by(5)

        assert "Pacing myself" not in summary(house)
        assert "manager who asks" not in "\n".join(house.platform.texts(MAIN))
        assert "taken the summary back" in house.platform.texts(MAIN)[-1]
        assert house.chat.phase is Phase.WITHDRAWN


# --- trouble --------------------------------------------------------------------------------------------------


async def test_trouble_is_shown_once_and_taken_back_once() -> None:
    """The same trouble told again redraws nothing."""
    async with at_work() as house:
        chat = await house.plan()
        await quiet()
        house.platform.refreshed.clear()

        for _ in range(3):
            house.service.desk.tell(chat, MAIN, "slow")
        for _ in range(3):
            house.service.desk.tell(chat, MAIN, None)

        assert house.platform.refreshed == [MAIN, MAIN]
        assert house.service.desk.trouble == {}


async def test_an_echo_with_an_unknown_key_harms_nobody() -> None:
    """A post that another bot made is not taken for one of ours."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))

        await house.service.hear(
            HeardEcho(room=MAIN, key=PostKey("nobody's"), id="x-1", at=house.clock.now())
        )
        reply = await house.say("m1", "Still fine")

        assert not reply.refused


async def test_settling_does_everything_that_is_due() -> None:
    """Who steps the clock by hand finds everything done that could be done by then."""
    async with at_work() as house:
        await house.plan()
        house.clock.step(at(31))

        await house.service.settle()

        assert house.chat.stage.question == "q2"
        assert house.platform.texts(MAIN)[-1].startswith("Q2\n")


# --- composers that a test needs ------------------------------------------------------------------------------


@dataclass
class CountingComposer:
    """Counts how often it was set to work."""

    inner: InlineComposer = field(default_factory=lambda: InlineComposer(MemoryStore()))
    drafts: int = 0

    async def draft(self, chat: ChatId, *, at: datetime, edition: Edition, limit: int, link: str) -> Composed:
        """Return the draft, and count."""
        self.drafts += 1
        return await self.inner.draft(chat, at=at, edition=edition, limit=limit, link=link)

    async def published(self, chat: ChatId, *, limit: int, link: str) -> Composed | None:
        """Return what is published."""
        return await self.inner.published(chat, limit=limit, link=link)

    async def close(self) -> None:
        """Hold nothing."""


class AsWorkersDo(CountingComposer):
    """Lets everybody else go on while it works, as a worker process does."""

    out: int = 0

    async def draft(self, chat: ChatId, *, at: datetime, edition: Edition, limit: int, link: str) -> Composed:
        """Return the draft, a turn later."""
        await asyncio.sleep(0)
        return await super().draft(chat, at=at, edition=edition, limit=limit, link=link)

    async def published(self, chat: ChatId, *, limit: int, link: str) -> Composed | None:
        """Return what is published, a turn later, and count."""
        self.out += 1
        await asyncio.sleep(0)
        return await super().published(chat, limit=limit, link=link)


class FillingComposer(CountingComposer):
    """Fills the disk while it makes the first draft."""

    def __init__(self, store: TroubledStore) -> None:
        super().__init__(inner=InlineComposer(store))
        self._store = store

    async def draft(self, chat: ChatId, *, at: datetime, edition: Edition, limit: int, link: str) -> Composed:
        """Return the draft; by now the disk is full."""
        self._store.full = self.drafts == 0 or self._store.full
        return await super().draft(chat, at=at, edition=edition, limit=limit, link=link)


@dataclass
class UnsoundComposer(CountingComposer):
    """Finds a quote that the store does not bear out."""

    reason: Exception = field(default_factory=lambda: SummaryUnsound("chapter-1/quote-1"))

    async def draft(self, chat: ChatId, *, at: datetime, edition: Edition, limit: int, link: str) -> Composed:
        """Refuse to build."""
        raise self.reason


class EndlessComposer(CountingComposer):
    """Never comes to an end."""

    async def draft(self, chat: ChatId, *, at: datetime, edition: Edition, limit: int, link: str) -> Composed:
        """Wait until cancelled."""
        return await asyncio.get_running_loop().create_future()


class InterruptedComposer(CountingComposer):
    """Somebody changes or deletes a chosen line while the draft is made, so many *times*."""

    def __init__(self, house: AtWork, *, times: int, edit: bool = False) -> None:
        super().__init__(inner=InlineComposer(house.store))
        self._house, self._times, self._edit = house, times, edit

    async def draft(self, chat: ChatId, *, at: datetime, edition: Edition, limit: int, link: str) -> Composed:
        """Return a draft that is out of date when it is done."""
        made = await super().draft(chat, at=at, edition=edition, limit=limit, link=link)
        if self.drafts <= self._times:
            self._house.clock.step(at + timedelta(seconds=2))
            await (self._change() if self._edit else self._house.delete("m1"))
        return made

    async def _change(self) -> None:
        await self._house.edit(
            "m1", f"A1 Pacing myself through the working day, said better {self.drafts} times"
        )
