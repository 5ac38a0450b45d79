"""How a chat is created in the browser: the owner's link, and the form that becomes the command ``new``."""

from collections.abc import Mapping
from dataclasses import replace

from aiohttp import web

from adapters.local import paper, translate
from adapters.local.links import is_owner_token
from adapters.local.premises import ROOM, Premises, read_form
from adapters.local.session import Session
from adapters.local.translate import room_id
from adapters.local.wishes import written
from bot.errors import StoreTrouble
from bot.ports import HeardCommand, Reply, RoomState

# Fields of the form, named like the fields of a plan file; questions and objectives hold one a line.
FIELDS = (
    "title", "hashtag", "starts", "zone", "minutes", "language", "why", "questions", "closing", "guest",
    "disclosure", "sponsor", "objectives", "quoting", "publish",
)  # fmt: skip
LANGUAGES = (("en", "English"), ("de", "Deutsch"), ("fr", "Français"))
QUOTING = ("role", "named", "ask", "closed")
PUBLISH = ("review", "auto")
DEFAULTS = {"minutes": "60", "zone": "Europe/London", "quoting": "role", "publish": "review"}


class Creation:
    """The handlers of the owner's routes."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises

    def routes(self) -> list[web.RouteDef]:
        """Return the owner's ways in."""
        return [
            web.get("/owner/{token}", self.open_owner_link),
            web.get("/new", self.show_form),
            web.post("/new", self.create),
        ]

    async def open_owner_link(self, request: web.Request) -> web.Response:
        """Keep the proof in the browser's session and lead to the form, without the link in the address."""
        premises = self._premises
        if not is_owner_token(premises.signer, request.match_info["token"]):
            return paper.plain(await self._state(), "page.link-invalid", status=404)
        session = replace(premises.new_session(premises.session(request), hint="owner"), owner=True)
        response = web.Response(status=303, headers={"Location": "/new"})
        premises.keep_session(response, session)
        return response

    async def show_form(self, request: web.Request) -> web.Response:
        """Show the form to the owner."""
        state = await self._state()
        if self._owner(request) is None:
            return paper.plain(state, "page.new.only-owner", status=403)
        return self._form(state, {"language": state.language})

    async def create(self, request: web.Request) -> web.Response:
        """Have the core hear the command ``new``, and show what it says."""
        state = await self._state()
        session = self._owner(request)
        if session is None or not self._premises.is_from_here(request):
            return paper.plain(state, "page.new.only-owner", status=403)
        form = {name: written(value) for name, value in (await read_form(request)).items()}
        room = form.get("room", "")
        if not ROOM.fullmatch(room):
            room = self._premises.settings.default_room
        try:
            answer = await self._hear(session, room, form)
        except StoreTrouble:
            answer = Reply(refused=True, text=state.words.get("page.unsaved", "page.unsaved"))
        if answer.refused:
            return self._form(state, form, problem=answer.text)
        more = paper.said(answer) + paper.link(f"/room/{room}", state.words.get("page.new.to-room", ""))
        # The room may be another chat's still: the page is named after what was done.
        return paper.plain(replace(state, title=""), "page.new.done", more=more)

    async def _hear(self, session: Session, room: str, form: Mapping[str, str]) -> Reply:
        intake = self._premises.intake
        if intake is None:
            raise StoreTrouble("nobody listens yet")
        arguments = {name: form[name] for name in FIELDS if form.get(name)}
        arguments |= (
            {"starts": arguments.get("starts", "").replace("T", " ")} if "starts" in arguments else {}
        )
        # The owner's link is the proof: nobody moderates a chat that does not exist yet.
        by = replace(translate.somebody(session), may_moderate=True)
        at = self._premises.clock.now()
        return await intake.hear(
            HeardCommand(room=room_id(room), by=by, command="new", at=at, arguments=arguments)
        )

    def _owner(self, request: web.Request) -> Session | None:
        session = self._premises.session(request)
        return session if session and session.owner else None

    async def _state(self) -> RoomState:
        return await self._premises.view.state(room_id(self._premises.settings.default_room), None)

    def _form(self, state: RoomState, form: Mapping[str, str], *, problem: str = "") -> web.Response:
        texts = {name: form.get(name, DEFAULTS.get(name, "")) for name in FIELDS}
        texts["room"] = form.get("room", self._premises.settings.default_room)
        texts["page_language"] = state.language
        said = state.words
        page = paper.fill(
            "new",
            said,
            texts,
            problem=paper.problem(problem),
            languages=paper.options(LANGUAGES, texts["language"]),
            quotings=paper.options(
                [(choice, said.get(f"page.new.quoting-{choice}", choice)) for choice in QUOTING],
                texts["quoting"],
            ),
            publishings=paper.options(
                [(choice, said.get(f"page.new.publish-{choice}", choice)) for choice in PUBLISH],
                texts["publish"],
            ),
        )
        # "no-referrer" would make browsers send forms without saying where they come from.
        headers = {"Referrer-Policy": "same-origin"}
        status = 422 if problem else 200
        return web.Response(text=page, content_type="text/html", status=status, headers=headers)
