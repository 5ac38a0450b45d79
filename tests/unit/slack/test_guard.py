"""The fake's own eyes: a request that Slack would refuse, or that would call somebody, does not pass unseen."""

from typing import Any

import pytest

from tests.fakes.slack.schema import HAS_SPECS, violations

PLAIN = {"type": "plain_text", "text": "Next"}
BUTTON = {"type": "button", "action_id": "b1", "text": PLAIN, "value": "{}"}


def a_post(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a request that posts."""
    return {"channel": "C0HCCHAT", "text": "Q1", "blocks": list(blocks), **more}


@pytest.mark.parametrize(
    "request_",
    [
        a_post(text="<!channel> hello"),
        a_post(text="<@U0MEERA>"),
        a_post(text="x" * 4_001),
        a_post(link_names=True),
        a_post(unfurl_links=True),
        a_post({"type": "section", "text": {"type": "mrkdwn", "text": "*bold*"}}),
        a_post(
            {
                "type": "rich_text",
                "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": ""}]}],
            }
        ),
        a_post(*[{"type": "divider"}] * 51),
        a_post({"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}),
        a_post({"type": "actions", "elements": [BUTTON, BUTTON]}),
        a_post({"type": "actions", "elements": [BUTTON | {"value": "x" * 2_001}]}),
        a_post({"type": "actions", "elements": [BUTTON | {"text": PLAIN | {"text": "x" * 76}}]}),
        {"trigger_id": "1", "view": {"type": "modal", "title": PLAIN | {"text": "x" * 25}, "blocks": []}},
    ],
)
def test_what_slack_would_not_take_is_seen(request_: dict[str, Any]) -> None:
    """Each known limit is watched, whether the published schemas are at hand or not."""
    method = "views.open" if "view" in request_ else "chat.postMessage"

    assert violations(method, request_) != []


@pytest.mark.skipif(not HAS_SPECS, reason="the published schemas are not beside this checkout")
@pytest.mark.parametrize(
    ("method", "request_"),
    [
        ("chat.postMessage", {"text": "Q1"}),
        ("chat.postMessage", a_post(metadata={"event_type": 7})),
        ("chat.postMessage", a_post({"type": "actions"})),
        ("conversations.history", {"limit": 5}),
        ("views.open", {"trigger_id": "1"}),
    ],
)
def test_what_the_published_schema_forbids_is_seen(method: str, request_: dict[str, Any]) -> None:
    """A request of the wrong shape is seen by Slack's own description of it."""
    assert violations(method, request_) != []


def test_a_plain_post_is_fine() -> None:
    """The eyes see nothing where there is nothing."""
    assert violations("chat.postMessage", a_post({"type": "actions", "elements": [BUTTON]})) == []
