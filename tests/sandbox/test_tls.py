"""Https: the certificates the sandbox makes, and who trusts them."""

import datetime
import http.client
import socket
import ssl
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from client import REDIRECT, Client, authorize_url, query_of
from cryptography import x509

from exact_sandbox.certificates import (
    CertificateError,
    authority_files,
    identities,
    server_context,
)
from exact_sandbox.person import Person
from exact_sandbox.process import SandboxError, SandboxProcess
from exact_sandbox.sites import SITES

ROOT = Path(__file__).resolve().parents[2]
ME = "/api/v1/current/Me"


@pytest.fixture(scope="module")
def secure(tmp_path_factory):
    """A sandbox that serves https."""
    with SandboxProcess(tmp_path_factory.mktemp("tls") / "state.sqlite", tls=True) as sandbox:
        yield sandbox


def trusting(ca_file):
    """Return a context that trusts one authority and nothing else, as strictly as ssl can."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(ca_file)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


def status_at(sandbox, name, context):
    """Return the status of a call to a host name that leads to the sandbox."""
    raw = socket.create_connection(("127.0.0.1", sandbox.port), timeout=10)
    with context.wrap_socket(raw, server_hostname=name) as wrapped:
        wrapped.sendall(f"GET {ME} HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
        answer = http.client.HTTPResponse(wrapped)
        answer.begin()
        return answer.status


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", *SITES.values()])
def test_the_chain_is_good_for_every_name(secure, name):
    assert status_at(secure, name, trusting(secure.ca_file)) == 401


@pytest.mark.parametrize("name", ["example.com", "exactonline.nl", "login.start.exactonline.nl"])
def test_it_is_good_for_no_other_name(secure, name):
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        status_at(secure, name, trusting(secure.ca_file))


def test_who_trusts_another_authority_refuses_it(secure, tmp_path):
    _context, other = server_context(tmp_path / "other.sqlite", identities(SITES.values()))
    with pytest.raises(ssl.SSLCertVerificationError, match="unable to get local issuer"):
        status_at(secure, "localhost", trusting(other))
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(secure.url + ME, timeout=10)


def test_the_control_listener_and_the_facts(secure):
    assert secure.url.startswith("https://127.0.0.1:") and secure.url.endswith(f":{secure.port}")
    assert secure.control_url.startswith("http://127.0.0.1:")
    assert Path(secure.ca_file) == authority_files(secure.state)[0]
    assert secure.clock()["offset"] >= 0
    with SandboxProcess() as plain:
        assert plain.url.startswith("http://") and plain.ca_file is None


def test_without_a_state_file_the_authority_goes_with_the_process():
    with SandboxProcess(tls=True) as sandbox:
        assert status_at(sandbox, "localhost", trusting(sandbox.ca_file)) == 401
        gone = Path(sandbox.ca_file)
        assert gone.exists()
    assert not gone.exists()


def test_the_key_is_for_the_owner_only_and_the_authority_stays(tmp_path):
    state = tmp_path / "state.sqlite"
    certificate, key = authority_files(state)
    with SandboxProcess(state, tls=True) as sandbox:
        first = certificate.read_bytes()
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        sandbox.stop()
        sandbox.start()
        assert certificate.read_bytes() == first
        assert status_at(sandbox, "localhost", trusting(certificate)) == 401
    assert b"PRIVATE KEY" not in first


@pytest.mark.parametrize("damage", ["no key", "another key", "half a certificate"])
def test_what_was_left_half_done_is_made_anew(tmp_path, damage):
    state = tmp_path / "state.sqlite"
    names = identities(SITES.values())
    server_context(state, names)
    certificate, key = authority_files(state)
    before = certificate.read_bytes()
    if damage == "no key":
        key.unlink()
    elif damage == "another key":
        server_context(tmp_path / "other.sqlite", names)
        key.write_bytes(authority_files(tmp_path / "other.sqlite")[1].read_bytes())
    else:
        certificate.write_bytes(before[: len(before) // 2])
    with SandboxProcess(state, tls=True) as sandbox:
        assert status_at(sandbox, "localhost", trusting(sandbox.ca_file)) == 401
    assert certificate.read_bytes() != before
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_the_authority_signs_no_other_authority(tmp_path):
    _context, ca_file = server_context(tmp_path / "state.sqlite", ("localhost",))
    certificate = x509.load_pem_x509_certificate(ca_file.read_bytes())
    basic = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    assert basic.critical and basic.value.ca and basic.value.path_length == 0
    now = datetime.datetime.now(datetime.timezone.utc)
    assert certificate.not_valid_before_utc < now < certificate.not_valid_after_utc


@pytest.mark.parametrize(
    ("listening", "added"),
    [("127.0.0.1", ()), ("0.0.0.0", ()), ("::", ()), ("192.168.1.5", ("192.168.1.5",)),
     ("sandbox.local", ("sandbox.local",))],
)  # fmt: skip
def test_the_address_it_listens_on_is_one_of_its_names(listening, added):
    names = identities(["start.exactonline.nl"], listening)
    assert names == ("localhost", "127.0.0.1", "::1", "start.exactonline.nl", *added)


def test_one_who_does_not_shake_hands_keeps_nobody_waiting(secure):
    with socket.create_connection(("127.0.0.1", secure.port), timeout=10):
        assert requests.get(secure.url + ME, verify=secure.ca_file, timeout=5).status_code == 401


def test_plain_http_gets_no_answer(secure):
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.get(secure.url.replace("https", "http") + ME, timeout=5)


@pytest.mark.parametrize("kind", ["lose_request", "lose_answer", "cut_answer"])
def test_faults_strike_over_https_too(secure, kind):
    secure.add_fault(kind)
    with pytest.raises(requests.exceptions.RequestException):
        requests.get(secure.url + ME, verify=secure.ca_file, timeout=10).json()
    assert requests.get(secure.url + ME, verify=secure.ca_file, timeout=10).status_code == 401


def test_a_person_consents_and_addresses_in_answers_are_https(secure):
    person = Person(secure.url, secure.login, secure.password, secure.ca_file)
    code = query_of(person.consent(authorize_url(secure)))["code"]
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT,
        "client_id": secure.client_id, "client_secret": secure.client_secret,
    }  # fmt: skip
    answer = requests.post(
        f"{secure.url}/api/oauth2/token", form, verify=secure.ca_file, timeout=10
    )
    anna = Client(secure).take(answer)
    anna.session.verify = secure.ca_file
    rows = anna.rows("financial/GLAccounts", select="ID")
    assert rows and all(row["__metadata"]["uri"].startswith(secure.url) for row in rows)


WITHOUT_TRUSTME = """
import sys
sys.modules["trustme"] = None
from exact_sandbox.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def test_without_the_library_it_says_so_in_a_sentence(tmp_path):
    command = [sys.executable, "-c", WITHOUT_TRUSTME, "--state", str(tmp_path / "s.sqlite")]
    done = subprocess.run(
        [*command, "--tls"], capture_output=True, text=True, timeout=30, cwd=ROOT, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "Serving https needs the Python package trustme: install it, or leave out --tls.\n"
    )


def test_a_folder_in_the_way_is_told_in_a_sentence(tmp_path):
    state = tmp_path / "state.sqlite"
    authority_files(state)[1].mkdir()
    with pytest.raises(SandboxError, match=r"certificates beside \S+ cannot be used: "):
        SandboxProcess(state, tls=True).start()
    with pytest.raises(CertificateError):
        server_context(state, ("localhost",))
