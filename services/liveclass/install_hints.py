"""Which extra to install for a package that is missing: a plain `pip install liveclass` is only the SDK."""

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


def install_hint(error: ImportError, extra: str = "") -> str:
    """One sentence that says what is missing and how to install it; empty for a module of liveclass itself.

    `extra` names the extra to install, if it is not simply the one that has the package.
    """
    package = (error.name or "").partition(".")[0]
    if package in ("", "liveclass"):
        return ""
    extra = extra or _EXTRAS.get(package, _ALL_OTHERS)
    return f"{package} is not installed; add it with: pip install 'liveclass[{extra}]'"
