"""Certificates to serve https with: a small authority of the sandbox's own, and one it signed.

Clients that insist on https are given the authority's certificate to trust. Its key stays beside
the state, for the owner's eyes only, so that a client trusts the sandbox across restarts.
"""

import contextlib
import ipaddress
import os
import ssl
from pathlib import Path

_ORGANIZATION = "Exact sandbox, for tests on this machine only"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
# Addresses of all interfaces are none that a client goes to.
_ALL_INTERFACES = ("0.0.0.0", "::", "")


class CertificateError(Exception):
    """No certificate can be had; the text is one plain sentence."""


def _trustme():
    """Return the library that makes certificates; only ``--tls`` needs it."""
    try:
        import trustme
    except ImportError as error:
        raise CertificateError(
            "Serving https needs the Python package trustme: install it, or leave out --tls."
        ) from error
    return trustme


def authority_files(state):
    """Return the paths of the authority's certificate and of its key.

    :param state: the path of the state file they lie beside
    """
    state = Path(state)
    return state.with_name(f"{state.name}.ca.pem"), state.with_name(f"{state.name}.ca.key")


def _write(path, data, mode):
    """Write a file whole or not at all; nobody sees it with wider rights than it keeps."""
    unfinished = path.with_name(f"{path.name}.new")
    with contextlib.suppress(FileNotFoundError):
        unfinished.unlink()
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
    unfinished.replace(path)


def _is_pair(certificate, key):
    """Whether two files hold an authority's certificate and the key to it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        # An empty password: one that is asked for would be asked for on the terminal.
        context.load_cert_chain(certificate, key, password="")
        context.load_verify_locations(certificate)
    except (OSError, ssl.SSLError):
        return False
    return bool(context.get_ca_certs())


def _authority(state):
    """Return the authority of a state, made when there is none that can be used."""
    trustme = _trustme()
    certificate, key = authority_files(state)
    if not _is_pair(certificate, key):
        made = trustme.CA(path_length=0, organization_name=_ORGANIZATION)
        # The certificate last: what clients are told to trust always has its key.
        _write(key, made.private_key_pem.bytes(), 0o600)
        _write(certificate, made.cert_pem.bytes(), 0o644)
    return trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())


def identities(hosts, listening="127.0.0.1"):
    """Return the names and addresses that the certificate is for, each once.

    :param hosts: the host names the sandbox stands in for
    :param listening: the address it listens on
    """
    names = [*_LOOPBACK, *hosts]
    if listening not in _ALL_INTERFACES:
        with contextlib.suppress(ValueError):
            listening = str(ipaddress.ip_address(listening))
        names.append(listening)
    return tuple(dict.fromkeys(names))


def server_context(state, names):
    """Return what a server needs for https, and the file with the authority to trust.

    The server's own certificate is made at each start and not kept.

    :param state: the path of the state file
    :param names: names and addresses, as :func:`identities` gives them
    :raises CertificateError: without the library, or when the files cannot be written
    """
    try:
        leaf = _authority(state).issue_cert(*names, organization_name=_ORGANIZATION)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        leaf.configure_cert(context)
    except OSError as error:
        reason = error.strerror or error
        raise CertificateError(f"The certificates beside {state} cannot be used: {reason}.") from (
            error
        )
    return context, authority_files(state)[0]
