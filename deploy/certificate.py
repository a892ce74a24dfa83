"""Write a self-signed certificate into a folder that has none: `python deploy/certificate.py FOLDER`.

It lets the reverse proxy start on a new machine. Browsers warn of it; put the real fullchain.pem and
privkey.pem in its place. What is there already is never touched.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAYS = 365


def names() -> list[str]:
    """The site's names, as ALLOWED_HOSTS has them."""
    listed = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")
    return [name.strip().lstrip(".") for name in listed if name.strip() not in {"", "*"}] or ["localhost"]


def self_signed(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """A certificate for the site's names, valid a year from now."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names()[0][:64])])
    start = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    )
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(start - timedelta(hours=1))
    builder = builder.not_valid_after(start + timedelta(days=DAYS))
    alternatives = x509.SubjectAlternativeName([x509.DNSName(name) for name in names()])
    return builder.add_extension(alternatives, critical=False).sign(key, hashes.SHA256())


def write(folder: Path) -> None:
    """Both files, the key first and for its owner alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = serialization.Encoding.PEM
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    private = os.open(folder / "privkey.pem", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(private, "wb") as file:
        file.write(key.private_bytes(pem, *plain))
    (folder / "fullchain.pem").write_bytes(self_signed(key).public_bytes(pem))


def main(folder: Path) -> None:
    """Write where nothing is."""
    if (folder / "privkey.pem").exists() or (folder / "fullchain.pem").exists():
        print(f"{folder}: a certificate is there, left as it is")
        return
    write(folder)
    print(f"{folder}: wrote a self-signed certificate for {', '.join(names())}; replace it before real use")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
