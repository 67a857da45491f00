"""Compares a version that is to be published with the one that is served, on the same faces."""

from dataclasses import dataclass

from liveclass.training.errors import TrainingError


class WorseModelError(TrainingError):
    """The model answers worse than the one that is served."""


@dataclass(frozen=True)
class Measurement:
    """What a model reaches: its accuracy, and its agreement with FER+'s annotators where votes are known."""

    accuracy: float
    accuracy_error: float
    """One standard error."""
    agreement: float | None
    agreement_error: float


@dataclass(frozen=True)
class Comparison:
    """Two measurements on the same faces."""

    version: int
    """The served one's."""
    split: str
    served: Measurement
    new: Measurement

    def changes(self) -> list[float]:
        """By how many standard errors each figure of the new one is higher; where both are known."""
        error = max(self.new.accuracy_error, self.served.accuracy_error, 1e-9)
        found = [(self.new.accuracy - self.served.accuracy) / error]
        if self.new.agreement is not None and self.served.agreement is not None:
            error = max(self.new.agreement_error, self.served.agreement_error, 1e-9)
            found.append((self.new.agreement - self.served.agreement) / error)
        return found

    @property
    def is_worse(self) -> bool:
        """Whether one figure is lower by more than one standard error, and no figure is higher by more than one."""
        return min(self.changes()) < -1 and max(self.changes()) <= 1

    def sentence(self) -> str:
        """Both measurements in words."""
        parts = [f"accuracy {self.new.accuracy:.4f}, served version {self.version} {self.served.accuracy:.4f}"]
        if self.new.agreement is not None and self.served.agreement is not None:
            parts.append(f"agreement with the votes {self.new.agreement:.4f}, served {self.served.agreement:.4f}")
        return f"on {self.split}: {'; '.join(parts)}"
