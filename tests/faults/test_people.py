"""People who change their names while a chat runs stay who they are."""

from dataclasses import replace

from bot.ports import HeardMessage
from tests.unit.runtime.house import MAIN, MEERA, at, at_work


async def test_who_changes_their_name_stays_one_person() -> None:
    """Both messages are of one person, who goes by the newest name; the old one is kept nowhere."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(9))
        for number, name in enumerate(("Meera", "Meera B.", "Dr Meera B.")):
            await house.service.hear(
                HeardMessage(
                    room=MAIN,
                    id=f"m{number}",
                    author=replace(MEERA, name=name),
                    at=house.clock.now(),
                    text="A1 Pacing",
                )
            )
        authors = {message.heard.author for message in house.chat.messages.values() if message.heard}

        assert len(authors) == 1
        assert house.service.people.names == {authors.pop(): "Dr Meera B."}
