import os
import stat
import tempfile
from pathlib import Path

from odoo.modules import neutralize
from odoo.tests import TransactionCase, tagged
from odoo.tools import config

from ..tools import encryption, settings
from ..tools.accounts import peppol_kind
from ..tools.reference import (
    ALPHABET,
    append_reference,
    carries_reference,
    find_references,
    make_reference,
)


@tagged("post_install", "-at_install")
class TestReference(TransactionCase):
    def test_is_short_unique_and_readable(self):
        references = {make_reference() for _i in range(5000)}
        self.assertEqual(len(references), 5000)
        for reference in references:
            self.assertEqual(len(reference), 12)
            self.assertLessEqual(set(reference[3:]), set(ALPHABET))

    def test_stays_whole_at_the_end_of_a_long_text(self):
        text = append_reference("Uren  oktober\n" * 20, "KE-123456789", 60)
        self.assertLessEqual(len(text), 60)
        self.assertTrue(carries_reference(text, "KE-123456789"))
        self.assertNotIn("\n", text)

    def test_is_found_whatever_case_and_padding_exact_gives_it_back_in(self):
        self.assertTrue(carries_reference("Uren ke-123456789  ", "KE-123456789"))
        self.assertTrue(carries_reference("Uren KE-123456789 aangevuld", "KE-123456789"))
        self.assertFalse(carries_reference("Uren KE-1234", "KE-123456789"))
        self.assertFalse(carries_reference(None, "KE-123456789"))

    def test_those_in_a_text_are_found(self):
        mine, other = make_reference(), make_reference()
        text = f"Hours {mine.lower()}, was {other} KE-1234"
        self.assertEqual(find_references(text), [mine, other])
        self.assertEqual(find_references(None), [])

    def test_no_text_leaves_the_reference_alone(self):
        self.assertEqual(append_reference("", "KE-123456789", 60), "KE-123456789")


@tagged("post_install", "-at_install")
class TestServerSettings(TransactionCase):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        environment = dict(os.environ)
        self.addCleanup(os.environ.update, environment)
        for name in [name for name in os.environ if name.startswith(settings.PREFIX)]:
            del os.environ[name]
        file, data_dir = config["config"], config["data_dir"]
        self.addCleanup(config.__setitem__, "config", file)
        self.addCleanup(config.__setitem__, "data_dir", data_dir)
        config["data_dir"] = str(self.folder)

    def _write_file(self, text):
        path = self.folder / "odoo.conf"
        path.write_text(text, encoding="utf-8")
        config["config"] = str(path)

    def test_environment_goes_before_the_file(self):
        self._write_file("[keeping_exact_connector]\nclient_id_nl = from the file\n")
        self.assertEqual(settings.get_setting("client_id_nl"), "from the file")
        os.environ["KEEPING_EXACT_CLIENT_ID_NL"] = "from the environment"
        self.addCleanup(os.environ.pop, "KEEPING_EXACT_CLIENT_ID_NL", None)
        self.assertEqual(settings.get_setting("client_id_nl"), "from the environment")

    def test_a_percent_sign_in_a_secret_is_kept(self):
        self._write_file("[keeping_exact_connector]\nclient_secret_nl = a%b%(c)s\n")
        self.assertEqual(settings.get_setting("client_secret_nl"), "a%b%(c)s")

    def test_no_file_and_no_section_are_no_settings(self):
        self._write_file("[options]\nworkers = 2\n")
        self.assertIsNone(settings.get_setting("client_id_nl"))
        config["config"] = str(self.folder / "absent.conf")
        self.assertIsNone(settings.get_setting("client_id_nl"))

    def test_key_is_made_once_with_tight_permissions(self):
        self._write_file("[options]\n")
        value = encryption.encrypt("secret", may_make_key=True)
        self.assertNotIn("secret", value)
        self.assertEqual(encryption.decrypt(value), "secret")
        path = self.folder / "keeping_exact_connector" / "encryption.key"
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        key = path.read_text()
        encryption.encrypt("again", may_make_key=True)
        self.assertEqual(path.read_text(), key)
        self.assertEqual(os.listdir(path.parent), ["encryption.key"])

    def test_without_a_key_nothing_is_encrypted_unless_one_may_be_made(self):
        self._write_file("[options]\n")
        with self.assertRaises(encryption.EncryptionKeyMissing):
            encryption.encrypt("secret")
        self.assertFalse((self.folder / "keeping_exact_connector").exists())

    def test_another_key_is_told_from_a_right_one(self):
        self._write_file("[keeping_exact_connector]\nencryption_key = one\n")
        value = encryption.encrypt("secret")
        self._write_file("[keeping_exact_connector]\nencryption_key = another one\n")
        with self.assertRaises(encryption.EncryptionKeyMissing):
            encryption.decrypt(value)


@tagged("post_install", "-at_install")
class TestNeutralize(TransactionCase):
    def test_a_copied_database_forgets_how_to_reach_exact(self):
        connection = self.env["keeping.exact.connection"].create(
            {"client_id": "app", "client_secret": "secret"}
        )
        grant = self.env["keeping.exact.grant"].create(
            {"site": "nl", "client_id": "app", "exact_user": "user", "refresh_token": "x"}
        )
        connection.sudo().write({"grant_id": grant.id, "state": "connected"})
        self.env.flush_all()
        installed = neutralize.get_installed_modules(self.env.cr)
        for query in neutralize.get_neutralization_queries(installed):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.assertFalse(grant.exists())
        self.assertFalse(connection.sudo().grant_id)
        self.assertFalse(connection.sudo().client_secret_pending)
        self.assertEqual(connection.state, "disconnected")
        self.assertFalse(self.env.ref("keeping_exact_connector.ir_cron_send").active)


@tagged("post_install", "-at_install")
class TestPeppolKind(TransactionCase):
    def test_the_number_of_a_kind_is_learned_from_cards_in_exact(self):
        known = [
            ("0208", "0477472701", "0477.472.701", 3),
            ("9925", "BE0477472701", "BE0477472701", 7),
            ("0106", "12345678", "87654321", 9),
            (None, None, "12345678", 5),
        ]
        self.assertEqual(peppol_kind("0208", known), 3)
        self.assertEqual(peppol_kind("9925", known), 7)
        # Another identifier than the contact's own teaches nothing, and a contradiction neither.
        self.assertIsNone(peppol_kind("0106", known))
        self.assertIsNone(peppol_kind("0208", [*known, ("0208", "1", "1", 4)]))
        self.assertIsNone(peppol_kind("0190", known))
