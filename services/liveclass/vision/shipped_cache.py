"""Machine code of the face search that comes with an image, for a file system on which nothing can be written.

numba uses a cache only where it may write, unless `NUMBA_CACHE_LOCATOR_CLASSES` names a class that says otherwise. The
image of the services names this one, and the processor that the code was compiled for: deploy/docker/start.py.
"""

from contextlib import suppress

from numba.core.caching import UserProvidedCacheLocator


class ShippedCacheLocator(UserProvidedCacheLocator):
    """The cache in `NUMBA_CACHE_DIR`, which need not be writable."""

    def ensure_cache_path(self) -> None:
        """Makes the folder where it can be made: while the image is built."""
        with suppress(OSError):
            super().ensure_cache_path()  # type: ignore[no-untyped-call]  # numba has no types
