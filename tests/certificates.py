"""Certificates for tests, as files where a service or a client reads them."""

from datetime import datetime
from pathlib import Path

import trustme

from liveclass.tls import Tls


class Authority:
    """An authority, and what it signs, in `folder`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self._ca = folder, trustme.CA()
        self.file = folder / "ca.pem"
        self._ca.cert_pem.write_to_path(self.file)

    def issue(
        self,
        name: str,
        *hosts: str,
        common_name: str | None = None,
        expires: datetime | None = None,
        folder: Path | None = None,
    ) -> Tls:
        """The files NAME.pem and NAME-key.pem, for a service or one of its clients. `ca` is this authority."""
        issued = self._ca.issue_cert(*hosts, common_name=common_name, not_after=expires)
        folder = folder or self.folder
        folder.mkdir(parents=True, exist_ok=True)
        certificate, key = folder / f"{name}.pem", folder / f"{name}-key.pem"
        issued.private_key_pem.write_to_path(key)
        certificate.write_bytes(b"".join(pem.bytes() for pem in issued.cert_chain_pems))
        return Tls(self.file, certificate, key)
