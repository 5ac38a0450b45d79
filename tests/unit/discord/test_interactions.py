"""Commands, menus, buttons and forms: acknowledged at once, heard once, answered to one person alone."""

from bot.markup import Ask, Button, Buttons, Content, Heading, Quote
from bot.ports import HeardCommand, HeardMessage, PostKey, Reply
from tests.fakes.discord.listener import YOU, Ear, listening, words

LATER, NOW, FORM = 5, 4, 9
EPHEMERAL = 64


async def test_a_typed_command_is_acknowledged_heard_and_answered_in_private() -> None:
    """Only whoever typed it reads the answer."""
    async with listening() as ear:
        ada = ear.discord.world.join("Ada", moderator=True)
        ear.listener.reply = Reply(text="Kept *this*.")
        token = await ear.discord.slash_about(ada, "keep", message="1578017960889417999", tag="barrier")

        told = await ear.discord.rest.answer_to(token)
        [heard] = ear.listener.of(HeardCommand)

        first = ear.discord.rest.answers[token]["first"]
        assert (first["type"], first["data"]["flags"]) == (LATER, EPHEMERAL)
        assert told["content"] == r"Kept \*this\*."
        assert (heard.command, heard.arguments) == (
            "keep",
            {"message": "1578017960889417999", "tag": "barrier"},
        )
        assert heard.by.may_moderate
        assert ear.discord.rest.violations == []


async def test_the_menu_of_a_message_keeps_it() -> None:
    """Two taps, no form: the tag is insight until somebody says otherwise."""
    async with listening() as ear:
        maren = ear.discord.world.join("Maren")
        said = await ear.discord.say(maren, "A later start")
        await ear.discord.rest.answer_to(await ear.discord.pick(maren, said, "Keep as insight"))

        [heard] = ear.listener.of(HeardCommand)

        assert (heard.command, heard.arguments, heard.by.may_moderate) == ("keep", {"message": said}, False)


async def test_what_a_menu_still_has_to_know_is_asked_in_a_form() -> None:
    """The form is the first answer, and nothing is heard before it is handed in."""
    async with listening() as ear:
        maren = ear.discord.world.join("Maren")
        said = await ear.discord.say(maren, "A later start")
        token = await ear.discord.pick(maren, said, "Answer to …")
        form = await ear.discord.rest.answer_to(token)
        assert ear.discord.rest.answers[token]["first"]["type"] == FORM
        assert ear.listener.of(HeardCommand) == []

        await ear.discord.rest.answer_to(await ear.discord.hand_in(maren, form, number="2"))
        [heard] = ear.listener.of(HeardCommand)

        assert (heard.command, heard.arguments) == ("answer-to", {"message": said, "number": "2"})
        assert ear.discord.rest.violations == []


async def test_what_cannot_be_undone_is_asked_again() -> None:
    """Removing somebody's message takes a second press, on a button that only this person sees."""
    async with listening() as ear:
        maren = ear.discord.world.join("Maren")
        said = await ear.discord.say(maren, "A later start")
        asked = await ear.discord.rest.answer_to(await ear.discord.pick(maren, said, "Remove for everybody"))
        assert asked["content"] == "Remove it for everybody?"
        assert asked["flags"] & EPHEMERAL
        assert ear.listener.of(HeardCommand) == []

        pressed = await ear.discord.press(maren, asked, "Remove for everybody")
        await ear.discord.rest.answer_to(pressed)

        [heard] = ear.listener.of(HeardCommand)
        assert (heard.command, heard.arguments) == ("remove", {"message": said})


async def test_under_every_post_there_is_what_one_may_do_about_oneself() -> None:
    """Nobody needs to know a command."""
    async with listening() as ear:
        maren = ear.discord.world.join("Maren")
        group = Ask(name="group", label="I am here as", kind="choice", choices=(("patient", "Patient"),))
        ear.listener.mine = (Button(label="I am here as …", command="group", asks=(group,)),)
        await ear.platform.post(PostKey("chat/q1"), ear.room, words("What helped you?"))
        [post] = ear.discord.posts()

        panel = await ear.discord.rest.answer_to(await ear.discord.press(maren, post, YOU))
        form = await ear.discord.rest.answer_to(await ear.discord.press(maren, panel, "I am here as …"))
        await ear.discord.rest.answer_to(await ear.discord.hand_in(maren, form, group="patient"))

        [heard] = ear.listener.of(HeardCommand)
        assert (heard.command, heard.arguments, heard.by.id) == ("group", {"group": "patient"}, maren)
        assert ear.discord.rest.violations == []


async def test_a_button_in_a_private_conversation_knows_its_room() -> None:
    """The card hangs in a private conversation, its commands go to the chat."""
    async with listening() as ear:
        ada = await _leader(ear)
        [card] = ear.discord.letters(ada)
        await ear.discord.rest.answer_to(
            await ear.discord.press(ada, card, "Next", channel=card["channel_id"])
        )

        [heard] = ear.listener.of(HeardCommand)

        assert (heard.room, heard.command, heard.expects) == (ear.room, "next", "question q1 open")
        assert not heard.by.may_moderate


async def test_a_long_argument_is_found_again_on_the_card() -> None:
    """A proposed question is longer than a button can carry: it is read from the card as it is now."""
    async with listening() as ear:
        ada = await _leader(ear)
        [card] = ear.discord.letters(ada)
        token = await ear.discord.press(ada, card, "Ask now", channel=card["channel_id"])
        await ear.discord.rest.answer_to(token)

        [heard] = ear.listener.of(HeardCommand)

        assert heard.arguments == {"text": LONG, "audience": "yes"}


LONG = "What would you tell somebody who hears of their diagnosis today? " * 4


async def _leader(ear: Ear) -> str:
    ada = ear.discord.world.join("Ada", moderator=True)
    ear.listener.led_by = (ada,)
    ask = Button(label="Ask now", command="ask", arguments=(("text", LONG), ("audience", "yes")))
    ear.listener.card = Content(
        blocks=(
            Heading(text="#hcchat"),
            Buttons(
                buttons=(Button(label="Next", command="next", expects="question q1 open", style="main"),)
            ),
            Quote(text=LONG, by=""),
            Buttons(buttons=(ask,)),
        ),
        label="card",
    )
    ear.platform.refresh(ear.room)
    await ear.until(lambda: ear.discord.letters(ada))
    return ada


async def test_a_moderator_without_private_messages_finds_the_card_in_the_panel() -> None:
    """Discord lets people shut bots out; the card is one press away all the same."""
    async with listening() as ear:
        ada = ear.discord.world.join("Ada", moderator=True)
        ear.discord.world.closed_to_bot.add(ada)
        ear.listener.led_by = (ada,)
        ear.listener.card = Content(blocks=(Heading(text="The card"),), label="card")
        ear.platform.refresh(ear.room)
        await ear.platform.post(PostKey("chat/q1"), ear.room, words("What helped you?"))

        panel = await ear.discord.rest.answer_to(await ear.discord.press(ada, ear.discord.posts()[0], YOU))

        assert "The card" in panel["content"]


async def test_commands_keep_their_place_in_line() -> None:
    """What was said before a command is heard before it."""
    async with listening() as ear:
        ada = ear.discord.world.join("Ada", moderator=True)
        for number in range(5):
            await ear.discord.say(ada, f"line {number}")
        await ear.discord.slash(ada, "next")
        await ear.discord.say(ada, "after")

        await ear.until(lambda: len(ear.listener.heard) == 7)

        kinds = [type(heard) for heard in ear.listener.heard]
        assert kinds == [*[HeardMessage] * 5, HeardCommand, HeardMessage]


async def test_a_command_that_cannot_be_stored_is_heard_when_it_can() -> None:
    """It was acknowledged within its three seconds, and is answered once it is durable."""
    async with listening() as ear:
        ada = ear.discord.world.join("Ada", moderator=True)
        ear.listener.full = True
        token = await ear.discord.slash(ada, "next")
        await ear.until(lambda: token in ear.discord.rest.answers and ear.listener.refused)
        ear.listener.full = False
        ear.listener.reply = Reply(text="Done.")

        assert (await ear.discord.rest.answer_to(token))["content"] == "Done."
        assert len(ear.listener.of(HeardCommand)) == 1
