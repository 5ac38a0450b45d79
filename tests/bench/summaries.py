"""Measures the CPU that summaries of three sizes take, composed and rendered in every form."""

from measured import spent, tell
from summary import synthetic

from bot.summary import canonical, delimited, html, markdown
from bot.summary.compose import compose
from bot.summary.parts import parts

LIMITS = {1_000: None, 10_000: 1.5, 100_000: 15.0}


def measure() -> None:
    """Print the CPU seconds for each size, beside the most it may be."""
    for messages, limit in LIMITS.items():
        chat, texts = synthetic(messages)
        with spent() as composing:
            summary = compose(chat, texts, edition="public", at=chat.plan.starts_at)
        with spent() as rendering:
            for render in (markdown.render, html.render, canonical.render, delimited.render):
                render(summary)
            parts(summary, post_length=2000)
        context = {"messages": messages, "limit": limit, "of_it_rendering": round(rendering.cpu, 3)}
        tell("summary, CPU", composing.cpu + rendering.cpu, "s", **context)


if __name__ == "__main__":
    measure()
