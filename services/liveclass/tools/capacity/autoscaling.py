"""How many replicas an autoscaler asks for: the arithmetic of Kubernetes' HorizontalPodAutoscaler, from a manifest.

As documented in kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale ("Algorithm details", "Configurable
scaling behavior"), and as Kubernetes' pkg/controller/podautoscaler does it. A KEDA ScaledObject becomes such an
autoscaler (keda.sh/docs/concepts/scaling-deployments); its `cron` triggers are a timetable.
"""

import math
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

SYNC_SECONDS = 15
"""Between two decisions (`--horizontal-pod-autoscaler-sync-period`)."""

TOLERANCE = 0.1
"""A metric this near to its target changes nothing (`--horizontal-pod-autoscaler-tolerance`)."""

CPU = "cpu"
"""The name of the resource metric, whose target is a percentage of the request."""


class ManifestError(ValueError):
    """The file is no autoscaler that can be simulated; the message says why."""


@dataclass(frozen=True)
class Policy:
    """At most `value` pods or percent more (or less) in `period` seconds."""

    kind: str
    value: float
    period: float

    def most(self, before: int, direction: int) -> int:
        """How many replicas are allowed where `before` was the number `period` seconds ago."""
        if self.kind == "Pods":
            return before + direction * int(self.value)
        share = before * (1 + direction * self.value / 100)
        return math.ceil(share) if direction > 0 else int(share)


@dataclass(frozen=True)
class Behavior:
    """How quickly the number of replicas may change in one direction."""

    window: float
    """Seconds over which the most cautious recommendation counts."""
    policies: tuple[Policy, ...]
    """The one that allows most counts."""


@dataclass(frozen=True)
class Timetable:
    """`replicas` at least from `start` to `end`, in seconds of the day, on these days of the week (0: Sunday)."""

    start: int
    end: int
    replicas: int
    days: frozenset[int]

    def wanted(self, second: float, day: int) -> int:
        return self.replicas if day in self.days and self.start <= second < self.end else 0


@dataclass(frozen=True)
class Autoscaler:
    """What a manifest says. `targets` are of one replica: CPU in percent of its request, others as they are."""

    name: str
    min_replicas: int
    max_replicas: int
    targets: Mapping[str, float]
    up: Behavior
    down: Behavior
    timetables: tuple[Timetable, ...] = ()

    @classmethod
    def read(cls, manifest: Path) -> "Autoscaler":
        """Reads a HorizontalPodAutoscaler (v2) or a ScaledObject of KEDA. Raises ManifestError."""
        try:
            document = yaml.safe_load(manifest.read_text("utf-8"))
            kind, spec = document["kind"], document["spec"]
            timetables: tuple[Timetable, ...] = ()
            if kind == "HorizontalPodAutoscaler":
                targets = dict(map(_hpa_target, spec["metrics"]))
                least, most, behavior = spec["minReplicas"], spec["maxReplicas"], spec.get("behavior", {})
            elif kind == "ScaledObject":
                targets = dict(_keda_target(one) for one in spec["triggers"] if one["type"] != "cron")
                timetables = tuple(_timetable(one["metadata"]) for one in spec["triggers"] if one["type"] == "cron")
                least, most = spec["minReplicaCount"], spec["maxReplicaCount"]
                behavior = spec["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
            else:
                raise ManifestError(f"{manifest}: is a {kind}, not a HorizontalPodAutoscaler or ScaledObject")
            name = spec["scaleTargetRef"]["name"]
            return cls(name, least, most, targets, _up(behavior), _down(behavior), timetables)
        except (KeyError, TypeError, ValueError, yaml.YAMLError) as error:
            if isinstance(error, ManifestError):
                raise
            raise ManifestError(f"{manifest}: cannot be read as an autoscaler: {error!r}") from error


def _hpa_target(metric: dict[str, Any]) -> tuple[str, float]:
    if metric["type"] == "Resource":
        return metric["resource"]["name"], float(metric["resource"]["target"]["averageUtilization"])
    pods = metric["pods"]
    return pods["metric"]["name"], float(pods["target"]["averageValue"])


def _keda_target(trigger: dict[str, Any]) -> tuple[str, float]:
    if trigger["type"] == CPU:
        return CPU, float(trigger["metadata"]["value"])
    return trigger["name"], float(trigger["metadata"]["threshold"])


def _timetable(metadata: dict[str, str]) -> Timetable:
    """Of `M H * * DAYS` at both ends, the same days. Raises ValueError for anything else."""
    (start, days), (end, end_days) = (_cron(metadata[key]) for key in ("start", "end"))
    if days != end_days or start >= end:
        raise ValueError("a timetable begins and ends on the same day")
    return Timetable(start, end, int(metadata["desiredReplicas"]), days)


def _cron(text: str) -> tuple[int, frozenset[int]]:
    minute, hour, day, month, weekdays = text.split()
    if (day, month) != ("*", "*"):
        raise ValueError(f"{text!r} is not the same every week")
    return 60 * (60 * int(hour) + int(minute)), frozenset(_weekdays(weekdays))


def _weekdays(text: str) -> Iterator[int]:
    for part in ["0-6"] if text == "*" else text.split(","):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def _up(behavior: dict[str, Any]) -> Behavior:
    usual = Behavior(0, (Policy("Percent", 100, 15), Policy("Pods", 4, 15)))
    return _behavior(behavior.get("scaleUp"), usual)


def _down(behavior: dict[str, Any]) -> Behavior:
    return _behavior(behavior.get("scaleDown"), Behavior(300, (Policy("Percent", 100, 15),)))


def _behavior(rules: dict[str, Any] | None, usual: Behavior) -> Behavior:
    """`usual` is what Kubernetes takes where nothing is said."""
    if rules is None:
        return usual
    given = [Policy(one["type"], one["value"], one["periodSeconds"]) for one in rules.get("policies", ())]
    return Behavior(rules.get("stabilizationWindowSeconds", usual.window), tuple(given) or usual.policies)


@dataclass
class Controller:
    """Decides every `SYNC_SECONDS`, and remembers what the stabilization windows and policies need."""

    autoscaler: Autoscaler
    replicas: int
    _recommended: deque[tuple[float, int]] = field(default_factory=deque)
    _changes: deque[tuple[float, int]] = field(default_factory=deque)

    def decide(self, now: float, usage: Mapping[str, float], ready: int, wanted: int = 0) -> int:
        """The number of replicas from now on.

        `usage` is each metric's sum over the replicas that are `ready`; `wanted` is what the timetable asks for.
        """
        targets = self.autoscaler.targets
        proposals = [self._proposal(usage[name] / target, ready) for name, target in targets.items() if name in usage]
        least, most = self.autoscaler.min_replicas, self.autoscaler.max_replicas
        # As the HPA does: bounded before and after the limits of the policies.
        if wanted:
            proposals.append(self.replicas if abs(wanted / self.replicas - 1) <= TOLERANCE else wanted)
        recommended = min(most, max([least, *proposals]))
        after = min(most, max(least, self._limited(now, self._stabilized(now, recommended))))
        if after != self.replicas:
            self._changes.append((now, after - self.replicas))
            self.replicas = after
        return after

    def _proposal(self, in_targets: float, ready: int) -> int:
        """For one metric, whose sum is `in_targets` times the target of one replica."""
        ratio = in_targets / ready if ready else 0.0
        if abs(ratio - 1) <= TOLERANCE:
            return self.replicas
        if ratio < 1:
            return math.ceil(in_targets - 1e-9)
        # Replicas that are not ready yet count as idle, so that nothing is asked for twice.
        with_starting = in_targets / max(self.replicas, ready)
        return self.replicas if with_starting <= 1 + TOLERANCE else math.ceil(in_targets - 1e-9)

    def _stabilized(self, now: float, recommended: int) -> int:
        """The current number, moved no further than all recommendations of the windows agree on."""
        up, down = self.autoscaler.up.window, self.autoscaler.down.window
        self._recommended.append((now, recommended))
        while self._recommended[0][0] < now - max(up, down):
            self._recommended.popleft()
        floor = min(number for time, number in self._recommended if time >= now - up)
        ceiling = max(number for time, number in self._recommended if time >= now - down)
        return min(max(self.replicas, floor), ceiling)

    def _limited(self, now: float, wanted: int) -> int:
        direction = 1 if wanted > self.replicas else -1
        if wanted == self.replicas:
            return wanted
        rules = self.autoscaler.up if direction > 0 else self.autoscaler.down
        while self._changes and self._changes[0][0] < now - 3600:
            self._changes.popleft()
        allowed = [policy.most(self._before(now, policy.period, direction), direction) for policy in rules.policies]
        return min(wanted, max(allowed)) if direction > 0 else max(wanted, min(allowed))

    def _before(self, now: float, period: float, direction: int) -> int:
        """The number of replicas without what was added (or removed) in the last `period` seconds."""
        changed = (change for time, change in self._changes if time > now - period and change * direction > 0)
        return self.replicas - sum(changed)
