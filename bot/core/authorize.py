"""Who may do what, decided in one place, by ids, at the moment it is carried out. What is not allowed is refused."""

from bot.core import commands as c
from bot.core.chat import Chat
from bot.core.names import MessageId, PersonId
from bot.core.table import COMMANDS, CommandRow
from bot.errors import Refused

_ROWS: dict[type, CommandRow] = {row.makes: row for row in COMMANDS.values()}


def authorize(chat: Chat, command: c.PersonsCommand) -> None:
    """Return when *command* may be carried out now. Raises: Refused, with the reason people are told."""
    row = row_of(command)
    # Only the clock's own Publish comes without a person.
    if command.by is not None and not is_allowed(chat, row, command.by, getattr(command, "message", None)):
        raise Refused("refused.not-yours" if row.who == "author" else "refused.moderators-only")
    if chat.phase not in row.phases:
        raise Refused("refused.not-now")
    if command.expects is not None and command.expects != str(chat.stage):
        raise Refused("refused.moved-on")


def row_of(command: c.PersonsCommand) -> CommandRow:
    """Return the row of the table that *command* was made by."""
    if isinstance(command, c.AddQuestion):  # two rows make it
        return COMMANDS["ask" if command.ask else "add"]
    return _ROWS[type(command)]


def is_allowed(chat: Chat, row: CommandRow, person: PersonId, message: MessageId | None) -> bool:
    """Return whether *person* may give the command of *row* at all, about *message* where it is about one."""
    if person in chat.moderators or row.who == "everyone":
        return True
    if row.who == "moderator" or message is None:
        return False
    heard = chat.message(message).heard
    return heard is not None and heard.author == person
