"""What stands at the moment when Prometheus asks: chats, posts that wait, trouble, readiness. Counts alone."""

from collections import Counter
from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily

from bot.core.phases import Phase
from bot.runtime.directory import platform_of
from bot.runtime.service import Service
from bot.web.metrics import NAMESPACE

STORE = "store"


class Gauges:
    """A collector of one moment. *waiting*: posts of each platform and the age of the oldest; *ready*: `/readyz`."""

    def __init__(
        self, service: Service, waiting: Mapping[str, tuple[int, float]], ready: Mapping[str, bool]
    ) -> None:
        self._service, self._waiting, self._ready = service, waiting, ready

    def rendered(self) -> bytes:
        """Return them in Prometheus's text format."""
        registry = CollectorRegistry()
        registry.register(self)
        return generate_latest(registry)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Give every gauge."""
        phases = Counter(facilitator.chat.phase for facilitator in self._service.roster)
        waiting = {name: self._waiting.get(name, (0, 0.0)) for name in self._service.platforms}
        rows = {platform: count for platform, (count, _) in waiting.items()}
        oldest = {platform: seconds for platform, (_, seconds) in waiting.items()}
        yield _gauge("chats", "Chats by phase", "phase", {phase.value: phases[phase] for phase in Phase})
        yield _gauge("outbox_rows", "Posts that wait", "platform", rows)
        yield _gauge("outbox_oldest_seconds", "Since when the oldest of them waits", "platform", oldest)
        yield _gauge("trouble", "Chats whose moderators are told of trouble", "place", self._trouble())
        yield _gauge("ready", "What /readyz says", "what", self._ready)

    def _trouble(self) -> dict[str, int]:
        places = Counter(platform_of(room) if room else STORE for _, room in self._service.desk.trouble)
        return {place: places[place] for place in (*self._service.platforms, STORE)}


def _gauge(name: str, what: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"{NAMESPACE}_{name}", what, labels=(label,))
    for value, number in values.items():
        family.add_metric((value,), float(number))
    return family
