from pathlib import Path

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import TranslationModuleReader

MODULE = "keeping_exact_connector"
FOLDER = Path(__file__).parent.parent / "i18n"


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    def test_everything_that_is_read_is_translated(self):
        terms = {row[4] for row in TranslationModuleReader(self.env.cr, modules=[MODULE])}
        self.assertGreater(len(terms), 500)
        template = {entry.msgid for entry in polib.pofile(str(FOLDER / f"{MODULE}.pot"))}
        self.assertFalse(terms - template, "export the template again")
        for path in FOLDER.glob("*.po"):
            entries = [entry for entry in polib.pofile(str(path)) if not entry.obsolete]
            done = {entry.msgid for entry in entries if entry.translated() and not entry.fuzzy}
            self.assertFalse(terms - done, path.name)
