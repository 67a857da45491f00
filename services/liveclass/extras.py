"""Which extra of the distribution brings a package: for installations that have only what the SDK needs."""

_EXTRAS = {
    "cv2": "video",
    "keras": "training",
    "matplotlib": "plots",
    "optuna": "training",
    "pandas": "pandas",
    "pytriton": "serving",
    "sklearn": "training",
    "tensorflow": "training",
}
_ALL_OTHERS = "services"


def missing_extra(error: ImportError, extra: str = "") -> str:
    """One sentence that says what is not installed and how to install it; empty for a module of our own.

    `extra` is the one that brings all that is needed there, where the package alone would not do.
    """
    package = (error.name or "").partition(".")[0]
    if package in ("", "liveclass"):
        return ""
    extra = extra or _EXTRAS.get(package, _ALL_OTHERS)
    return f"{package} is not installed; add it with: pip install 'liveclass[{extra}]'"
