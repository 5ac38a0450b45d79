"""Settings read again while chats run: what is wrong in them changes nothing, and what cannot change now is named."""

import signal
from pathlib import Path

from tests.faults.process import Bot

SETTINGS = 'log_level = "warning"\nlanguage = "en"\n'


async def test_settings_with_errors_leave_the_old_ones_in_force(tmp_path: Path) -> None:
    """A slip in the file is told by its place; the bot goes on as before, and takes up the file once it is mended."""
    file = tmp_path / "bot.toml"
    file.write_text(SETTINGS, "utf-8")
    bot = Bot(tmp_path, {"BOT_CONFIG": str(file)})
    try:
        await bot.start()

        file.write_text(SETTINGS + 'log_levle = "debug"\ndiscord = "s3cret"\n', "utf-8")
        bot.send(signal.SIGHUP)
        await bot.until(lambda: "stay as they were" in bot.said, "the slip to be told")
        assert "s3cret" not in bot.said
        assert bot.is_open()

        file.write_text('log_level = "loud"\n', "utf-8")
        bot.send(signal.SIGHUP)
        await bot.until(lambda: "no such level" in bot.said, "the second slip to be told")

        file.write_text('log_level = "info"\nlanguage = "de"\n', "utf-8")
        bot.send(signal.SIGHUP)
        await bot.until(lambda: "next start: language" in bot.said, "the settings to be taken up")
        assert "settings read again" in bot.said  # at INFO, which was not told before
        assert await bot.stop() == 0
    finally:
        await bot.make_sure_it_is_gone()
