"""The command line: `python -m bot ...`. Everything heavy is imported by the command that needs it."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.errors import BadInput, OwnedByAnother, PlatformTrouble, StoreTrouble, StoreUnusable, TweetchatError

app = typer.Typer(
    name="tweetchat",
    help="A chat bot that runs live healthcare tweet-chats.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
plan_app = typer.Typer(help="Make and list plans.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(plan_app, name="plan")

# What a failure means to whoever started us. Anything else is a bug: exit 1, with its traceback.
EXIT_CODES: dict[type[TweetchatError], int] = {
    BadInput: 2,
    OwnedByAnother: 3,
    PlatformTrouble: 4,
    StoreTrouble: 5,
    StoreUnusable: 5,
}

ConfigFile = Annotated[
    Path | None, typer.Option("--config", envvar="BOT_CONFIG", help="Configuration file (TOML).")
]


@app.command()
def demo(
    seed: Annotated[int, typer.Option(help="Same seed, same chat, same summary.")] = 1,
    speed: Annotated[
        float, typer.Option(help="How many times faster than life; 0: as fast as possible.")
    ] = 90.0,
    out: Annotated[Path, typer.Option(help="Folder for the summary and the transcript.")] = Path("demo-chat"),
    port: Annotated[int, typer.Option(help="Port of the page; 0: any free one.")] = 0,
) -> None:
    """Play a whole chat with a simulated crowd on this machine."""
    from bot.cli.demo import run_demo

    run_demo(seed=seed, speed=speed, out=out, port=port)


@app.command()
def run(
    config: Annotated[
        list[Path] | None,
        typer.Option("--config", envvar="BOT_CONFIG", help="Configuration file (TOML); again for each bot."),
    ] = None,
) -> None:
    """Run the bot with your settings until it is stopped; with several configurations, several bots."""
    from bot.cli.run import run_bot

    run_bot(config or ())


@app.command()
def check(
    plan: Annotated[Path | None, typer.Argument(help="A plan file to look over.")] = None,
    config: ConfigFile = None,
) -> None:
    """Look over a plan, or the settings and the store, and say what to mend."""
    from bot.cli.check import check_plan, check_settings

    if plan is None:
        check_settings(config)
    else:
        check_plan(plan)


@app.command()
def doctor(
    rooms: Annotated[
        list[str] | None, typer.Argument(help="Rooms to look at; by default those of all plans.")
    ] = None,
    invite: Annotated[bool, typer.Option("--invite", help="Print what brings the bot into a room.")] = False,
    live: Annotated[
        bool, typer.Option("--live", help="Try everything in the rooms named here; the bot must not run.")
    ] = False,
    person: Annotated[
        str | None, typer.Option(help="With --live: whom to tell something alone, by the platform's id.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="With --live: ask nothing, and nobody.")] = False,
    report: Annotated[
        Path | None, typer.Option(help="With --live: the table's file; by default doctor-DATE.md.")
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Ask Discord and Slack whether the bot may do its work, and name the fix where not."""
    from bot.cli.doctor import run_doctor

    if live:
        from bot.cli.live import run_live

        run_live(config, rooms or (), person=person, yes=yes, report=report)
        return

    run_doctor(config, rooms or (), invite=invite)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where to keep the copy.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    config: ConfigFile = None,
) -> None:
    """Copy the store into one verified file, also while the bot runs."""
    from bot.cli.backup import back_up

    back_up(file, config, force=force)


@app.command()
def restore(
    file: Annotated[Path | None, typer.Argument(help="The backup to put back.")] = None,
    made_at: Annotated[
        datetime | None,
        typer.Option(
            help="Put nothing back, only note that the store is as it was then (UTC).",
            formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        ),
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Put a backup in the place of the store, while no bot runs on it."""
    from bot.cli.backup import note_restore
    from bot.cli.backup import restore as put_back

    if (file is None) == (made_at is None):
        raise BadInput("name the backup, or the time with --made-at; one of them.", place="restore")
    if file is not None:
        put_back(file, config)
    elif made_at is not None:
        note_restore(made_at.replace(tzinfo=UTC), config)


@app.command()
def verify(
    store: Annotated[
        str | None, typer.Option(help="The store to look at; by default that of the settings.")
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Hold log, words, posts and summaries of a store against one another; exit 1 where they differ."""
    from bot.cli.verify import verify as look

    if not look(store, config):
        raise typer.Exit(1)


@plan_app.command("new")
def plan_new(
    file: Annotated[Path, typer.Argument(help="Where to write the plan.")], config: ConfigFile = None
) -> None:
    """Ask for everything a plan needs, here in the terminal, and write it."""
    from bot.cli.plans import new_plan

    new_plan(file, config)


@plan_app.command("list")
def plan_list(config: ConfigFile = None) -> None:
    """List the plans in the plans folder, with their next dates."""
    from bot.cli.plans import list_plans

    list_plans(config)


@app.command()
def replay(
    log: Annotated[
        Path, typer.Argument(help="A chat log: JSONL, IRC, Slack export, DiscordChatExporter, CSV.")
    ],
    plan: Annotated[Path | None, typer.Option(help="The plan whose questions were asked.")] = None,
    format: Annotated[str, typer.Option(help="auto, jsonl, irc, slack, discord or csv.")] = "auto",  # noqa: A002
    out: Annotated[Path | None, typer.Option(help="Folder for summary and transcript.")] = None,
    edition: Annotated[str, typer.Option(help="internal or public.")] = "internal",
    quoting: Annotated[
        str | None, typer.Option(help="named, role, ask or closed; by default as planned.")
    ] = None,
    date: Annotated[
        str | None, typer.Option(help="Day of the first line (YYYY-MM-DD), where the log has none.")
    ] = None,
) -> None:
    """Put a past chat through the real core, store and summary."""
    from bot.cli.replay import run_replay

    run_replay(log, plan=plan, format=format, out=out, edition=edition, quoting=quoting, day=date)


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        app()
    except TweetchatError as error:
        code = next((code for kind, code in EXIT_CODES.items() if isinstance(error, kind)), 1)
        print(f"tweetchat: {error}", file=sys.stderr)  # noqa: T201  # the one line that says why
        raise SystemExit(code) from None


if __name__ == "__main__":
    main()
