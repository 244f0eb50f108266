"""Encryption of tokens and secrets with a key that is not in the database (promise 5)."""

import base64
import hashlib
import os
import tempfile

from cryptography.fernet import Fernet, InvalidToken

from odoo.tools import config

from .settings import get_setting


class EncryptionKeyMissing(Exception):
    """The key with which values in the database were encrypted is not there."""


def encrypt(text, may_make_key=False):
    """Return *text* encrypted, as text that can be stored.

    :param bool may_make_key: make a key when there is none yet. Only a caller who knows that
        nothing is encrypted so far may say so: a new key would make older values unreadable.
    :raise EncryptionKeyMissing: there is no key and none may be made
    """
    return _cipher(may_make_key).encrypt(text.encode()).decode()


def decrypt(value):
    """Return what was given to :func:`encrypt`.

    :raise EncryptionKeyMissing: the key is not there, or it is another one
    """
    try:
        return _cipher(False).decrypt(value.encode()).decode()
    except InvalidToken as error:
        raise EncryptionKeyMissing from error


def _cipher(may_make_key):
    key = get_setting("encryption_key")
    if key is None:
        key = _key_from_file(may_make_key)
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()))


def _key_path():
    return os.path.join(config["data_dir"], "keeping_exact_connector", "encryption.key")


def _key_from_file(may_make_key):
    path = _key_path()
    if may_make_key and not os.path.exists(path):
        _make_key_file(path)
    try:
        with open(path, encoding="ascii") as file:
            key = file.read().strip()
    except FileNotFoundError as error:
        raise EncryptionKeyMissing from error
    if not key:
        raise EncryptionKeyMissing
    return key


def _make_key_file(path):
    """Write a new key, whole or not at all; of two processes that do so at once, one wins."""
    folder = os.path.dirname(path)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=folder)  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(Fernet.generate_key().decode())
            file.flush()
            os.fsync(file.fileno())
        # link() fails where the name exists: that is O_EXCL for a file with contents.
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        os.unlink(draft)
