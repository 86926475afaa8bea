"""A certificate for this machine in its local network: cameras and service workers of a phone want TLS.

Kept in DATA_DIR/tls: an authority of its own (`ca.crt`, which a phone is told to trust once; it can vouch for private
addresses and for this machine's own only) and, signed by it, the certificate that granian shows.  That one is made
anew when an address changes or its year ends; the phone notices nothing.  Prints what to do on a phone.
"""

import datetime
import ipaddress
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

ROOT = Path(__file__).resolve().parent.parent
AUTHORITY_DAYS, DAYS, RENEW_DAYS = 5 * 365, 390, 30
PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8", "fc00::/7", "fe80::/10",
           "::1/128")  # fmt: skip
HOW = """── TLS.  Fingerprint of this machine's authority (SHA-256):
   {fingerprint}
   Once on each phone: send it the file {file} and open it there.
   Android: Settings → Security → Encryption & credentials → Install a certificate → CA certificate.
   iPhone: Settings → Profile Downloaded → Install; then General → About → Certificate Trust Settings → switch it on.
   Compare the fingerprint.  Whoever has {key} can pretend to be a site of your local network: keep it here.
"""


def main() -> int:
    """Makes what is missing and says what to do; the exit code for the shell."""
    folder = Path(os.environ.get("DATA_DIR") or ROOT / "var") / "tls"
    authority = make_certificates(folder, names_of_this_machine())
    digest = authority.fingerprint(hashes.SHA256()).hex(":").upper()
    print(HOW.format(fingerprint=digest, file=folder / "ca.crt", key=folder / "ca.key"), flush=True)
    return 0


def names_of_this_machine() -> list[str]:
    """Its host name and addresses, and the host of PUBLIC_BASE_URL."""
    host = socket.gethostname().partition(".")[0]
    found = {"localhost", host, f"{host}.local", "127.0.0.1", "::1"}
    if shutil.which("hostname"):
        said = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=False).stdout
        found.update(said.split())
    wanted = urlsplit(os.environ.get("PUBLIC_BASE_URL", "")).hostname
    return sorted(found | ({wanted} if wanted else set()))


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def make_certificates(folder: Path, names: list[str]) -> x509.Certificate:
    """`ca.crt`, `ca.key`, `site.crt`, `site.key`; what still holds for these names stays.  Returns the authority."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    authority = _kept(folder / "ca.crt")
    if authority is None or not all(_may_vouch(authority, name) for name in names):
        key = ec.generate_private_key(ec.SECP256R1())
        authority = _authority(key, names)
        _write(folder, "ca", key, [authority])
        (folder / "site.crt").unlink(missing_ok=True)
    site = _kept(folder / "site.crt")
    if site is None or _names(site) != set(names):
        key = ec.generate_private_key(ec.SECP256R1())
        signer = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), password=None)
        assert isinstance(signer, ec.EllipticCurvePrivateKey)
        _write(folder, "site", key, [_site(key, names, authority, signer), authority])
    return authority


def _kept(path: Path) -> x509.Certificate | None:
    """The first certificate of the file, if it lasts for another month."""
    if not path.exists():
        return None
    found = x509.load_pem_x509_certificates(path.read_bytes())[0]
    enough = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=RENEW_DAYS)
    return found if found.not_valid_after_utc > enough else None


def _may_vouch(authority: x509.Certificate, name: str) -> bool:
    subtrees = authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    address = _address(name)
    if address is None:
        return x509.DNSName(name) in subtrees
    return any(isinstance(found, x509.IPAddress) and address in found.value for found in subtrees)


def _names(site: x509.Certificate) -> set[str]:
    found = site.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(name.value) for name in found}


def _builder(
    key: ec.EllipticCurvePrivateKey, name: str, issuer: x509.Name | None, days: int
) -> x509.CertificateBuilder:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    # A phone whose clock is a little late must not refuse it.
    start = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    public = key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer or subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _usage(*, signs_others: bool) -> x509.KeyUsage:
    names = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only",
             "decipher_only")  # fmt: skip
    return x509.KeyUsage(
        **dict.fromkeys(names, False),
        digital_signature=not signs_others,
        key_cert_sign=signs_others,
        crl_sign=signs_others,
    )


def _authority(key: ec.EllipticCurvePrivateKey, names: list[str]) -> x509.Certificate:
    addresses = [address for name in names if (address := _address(name))]
    networks = dict.fromkeys([*map(ipaddress.ip_network, PRIVATE), *map(ipaddress.ip_network, addresses)])
    permitted: list[x509.GeneralName] = [x509.DNSName(name) for name in names if _address(name) is None]
    permitted += map(x509.IPAddress, networks)
    name = f"Yntymak on {socket.gethostname()}"
    return (
        _builder(key, name, None, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_others=True), critical=True)
        .add_extension(x509.NameConstraints(permitted_subtrees=permitted, excluded_subtrees=None), critical=True)
        .sign(key, hashes.SHA256())
    )


def _site(
    key: ec.EllipticCurvePrivateKey, names: list[str], authority: x509.Certificate, signer: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    identifier = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    known = [x509.IPAddress(address) if (address := _address(name)) else x509.DNSName(name) for name in names]
    return (
        _builder(key, "Yntymak", authority.subject, DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_others=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
        .add_extension(x509.SubjectAlternativeName(known), critical=False)
        .sign(signer, hashes.SHA256())
    )


def _write(folder: Path, name: str, key: ec.EllipticCurvePrivateKey, chain: list[x509.Certificate]) -> None:
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / f"{name}.key"
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(secret)
    pem = b"".join(certificate.public_bytes(serialization.Encoding.PEM) for certificate in chain)
    (folder / f"{name}.crt").write_bytes(pem)


if __name__ == "__main__":
    sys.exit(main())
