"""What the core hears of what happens on Discord, through the real library."""

from datetime import timedelta

from bot.ports import HeardDeletion, HeardEcho, HeardEdit, HeardMessage, HeardReaction, PostKey
from tests.fakes.discord.listener import listening, words
from tests.fakes.discord.world import BOT, MANAGE


async def test_a_message_is_heard_with_who_when_and_what_it_answers() -> None:
    """Name, rights, time, place in line, the message answered and the people mentioned all come along."""
    async with listening() as ear:
        world = ear.discord.world
        maren, ada = world.join("Maren"), world.join("Ada", moderator=True)
        first = await ear.discord.say(ada, "Welcome")
        await ear.discord.say(maren, "Thank you", to=first, mentions=[world.users[ada]])

        welcome, thanks = await ear.until_heard(HeardMessage, 2)

        assert (welcome.author.name, welcome.author.may_moderate) == ("Ada", True)
        assert (thanks.author.name, thanks.author.may_moderate) == ("Maren", False)
        assert (thanks.reply_to, thanks.mentions, thanks.room) == (first, (ada,), ear.room)
        assert (welcome.at, welcome.sequence) < (thanks.at, thanks.sequence)
        assert abs((ear.clock.now() - welcome.at).total_seconds()) < 600


async def test_who_may_manage_messages_moderates_from_then_on_and_no_longer() -> None:
    """Rights are looked at when somebody does something, never remembered."""
    async with listening(moderator_roles={"900000000000000077"}) as ear:
        world = ear.discord.world
        maren = world.join("Maren")
        await ear.discord.say(maren, "As a guest")
        world.members[maren]["roles"] = ["900000000000000005"]
        await ear.discord.say(maren, "As a moderator")
        world.members[maren]["roles"] = []
        await ear.discord.say(maren, "As a guest again")

        heard = await ear.until_heard(HeardMessage, 3)

        assert [message.author.may_moderate for message in heard] == [False, True, False]
        assert MANAGE


async def test_mentions_and_emoji_are_heard_as_people_read_them() -> None:
    """No number stands in a text that may be quoted."""
    async with listening() as ear:
        world = ear.discord.world
        ada = world.join("Ada")
        text = f"<@{ada}> in <#{ear.discord.channel}>: <:heart_blue:123456789012345678> <@900000000000000099>"
        await ear.discord.say(ada, text, mentions=[world.users[ada]])

        [heard] = await ear.until_heard(HeardMessage)

        assert heard.text == "@Ada in #chat: :heart_blue: @…"


async def test_a_thread_belongs_to_its_channel() -> None:
    """Answers in a thread are heard in the room, with the message that the thread hangs from."""
    async with listening() as ear:
        maren = ear.discord.world.join("Maren")
        first = await ear.discord.say(maren, "Let us go deeper")
        thread = await ear.discord.begin_thread(first)
        inside = await ear.discord.say(maren, "Deeper", channel=thread)
        await ear.discord.edit(inside, "Deeper still", channel=thread)
        await ear.discord.delete(inside, channel=thread)

        [gone] = await ear.until_heard(HeardDeletion)

        heard = ear.listener.of(HeardMessage)[1]
        assert (heard.room, heard.thread, heard.id) == (ear.room, first, inside)
        assert ear.listener.of(HeardEdit)[0].room == gone.room == ear.room


async def test_changes_and_deletions_are_heard_one_by_one_and_in_bulk() -> None:
    """An edit counts from its own time; a preview that Discord adds is none."""
    async with listening() as ear:
        maren = ear.discord.world.join("Maren")
        said = [await ear.discord.say(maren, f"line {number}") for number in range(3)]
        await ear.discord.rest.tell_message(
            ear.discord.world.messages[ear.discord.channel][said[0]], "MESSAGE_UPDATE"
        )
        await ear.discord.edit(said[0], "line zero")
        await ear.discord.delete(said[1])
        await ear.discord.delete(said[0], said[2])

        gone = await ear.until_heard(HeardDeletion, 3)

        [edit] = ear.listener.of(HeardEdit)
        assert (edit.text, edit.by) == ("line zero", None)
        assert sorted(deletion.id for deletion in gone) == sorted(said)


async def test_reactions_come_and_go_under_the_same_name() -> None:
    """Discord names nobody who takes a reaction back; we remember."""
    async with listening() as ear:
        maren = ear.discord.world.join("Maren")
        said = await ear.discord.say(maren, "A later start")
        await ear.discord.react(maren, said, "💡")
        await ear.discord.react(maren, said, "💡", present=False)
        await ear.discord.react(str(BOT), said, "💡")

        came, went = await ear.until_heard(HeardReaction, 2)

        assert (came.reaction, came.present, came.by.name) == ("💡", True, "Maren")
        assert (went.reaction, went.present, went.by.name, went.by.id) == ("💡", False, "Maren", maren)


async def test_only_rooms_of_chats_are_heard_and_only_words() -> None:
    """What is said elsewhere, Discord's own notices and wordless messages never reach the core."""
    async with listening() as ear:
        maren = ear.discord.world.join("Maren")
        elsewhere = ear.discord.world.add_channel("other")
        await ear.discord.say(maren, "Not for you", channel=elsewhere)
        await ear.discord.say(maren, "joined", type=7)
        await ear.discord.say(maren, "")
        said = await ear.discord.say(maren, "For you")

        heard = await ear.until_heard(HeardMessage)

        assert [message.id for message in heard] == [said]


async def test_our_own_posts_are_heard_as_echoes_and_nothing_else() -> None:
    """What the bot says is never counted among what people say."""
    async with listening() as ear:
        receipt = await ear.platform.post(PostKey("chat/q1"), ear.room, words("What helped you?"))
        maren = ear.discord.world.join("Maren")
        await ear.discord.say(maren, "A chair", to=receipt.id)

        [answer] = await ear.until_heard(HeardMessage)

        assert [(echo.key, echo.id) for echo in ear.listener.of(HeardEcho)] == [("chat/q1", receipt.id)]
        assert answer.reply_to == receipt.id


async def test_an_event_that_makes_no_sense_is_skipped() -> None:
    """One odd message must not end the connection."""
    async with listening() as ear:
        maren = ear.discord.world.join("Maren")
        ear.platform.client.takers["raw_message_delete"](None)
        said = await ear.discord.say(maren, "Still there?")

        [heard] = await ear.until_heard(HeardMessage)

        assert heard.id == said
        assert ear.discord.gateway.identified == 1


async def test_history_tells_what_stands_there_now() -> None:
    """Read back, a changed message comes with its change, and our own posts do not come."""
    async with listening() as ear:
        maren = ear.discord.world.join("Maren")
        since = ear.clock.now() - timedelta(seconds=1)
        said = await ear.discord.say(maren, "A later start")
        await ear.discord.edit(said, "A later start, at ten")
        await ear.platform.post(PostKey("chat/q1"), ear.room, words("What helped you?"))
        await ear.until(ear.platform.client.is_ready)

        told = [heard async for heard in ear.platform.history(ear.room, since)]

        assert [(type(heard), heard.id, heard.text) for heard in told] == [
            (HeardMessage, said, "A later start, at ten"),
            (HeardEdit, said, "A later start, at ten"),
        ]
