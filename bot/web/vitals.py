"""How the bot is doing, for machines: `/healthz` for everybody, `/readyz` and `/metrics` for its operator."""

from collections.abc import Callable

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from bot.runtime.pulse import Pulse
from bot.runtime.service import Service
from bot.web.gate import Gate
from bot.web.gauges import Gauges
from bot.web.metrics import Metrics

_HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


class Vitals:
    """The vital signs of one house. *is_ours*: whether its lease surely holds."""

    def __init__(
        self, service: Service, pulse: Pulse, metrics: Metrics, gate: Gate, is_ours: Callable[[], bool]
    ) -> None:
        self._service, self._pulse, self._metrics = service, pulse, metrics
        self._gate, self._is_ours = gate, is_ours

    def routes(self) -> list[web.RouteDef]:
        """Return the ways in."""
        return [
            web.get("/healthz", self.health),
            web.get("/readyz", self.readiness),
            web.get("/metrics", self.figures),
        ]

    async def health(self, request: web.Request) -> web.Response:
        """Say that the process lives; nothing else, because anybody may ask."""
        return web.json_response({"status": "ok"}, headers=_HEADERS)

    async def readiness(self, request: web.Request) -> web.Response:
        """Say what works; 503 unless everything does."""
        self._gate.check(request)
        ready = self.ready()
        return web.json_response(ready, status=200 if all(ready.values()) else 503, headers=_HEADERS)

    async def figures(self, request: web.Request) -> web.Response:
        """Give all metrics."""
        self._gate.check(request)
        standing = Gauges(self._service, self._metrics.waiting(), self.ready())
        text = self._metrics.rendered() + standing.rendered()
        return web.Response(body=text, headers={**_HEADERS, "Content-Type": CONTENT_TYPE_LATEST})

    def ready(self) -> dict[str, bool]:
        """Return what works: the store, the lease, each platform."""
        platforms = {name: platform.is_connected for name, platform in self._service.platforms.items()}
        return {
            "store": self._pulse.is_writable,
            "lease": self._pulse.is_ours and self._is_ours(),
            **platforms,
        }
