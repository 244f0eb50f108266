import re
from pathlib import Path

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import TranslationModuleReader

MODULE = "keeping_exact_connector"
FOLDER = Path(__file__).parent.parent / "i18n"
# Where the sentences are that explain what Exact answers. Exact answers in French too.
EXPLAINING = f"addons/{MODULE}/tools/messages/"
PLACEHOLDER = re.compile(r"%\(\w+\)s|%[sd]|</?\w+")


def is_explaining(row):
    """Whether a term of the module is a sentence about what Exact answers."""
    return row[2].startswith(EXPLAINING)


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rows = list(TranslationModuleReader(cls.env.cr, modules=[MODULE]))
        cls.terms = {row[4] for row in cls.rows}
        cls.explaining = {row[4] for row in cls.rows if is_explaining(row)}

    def _translated(self, language):
        entries = polib.pofile(str(FOLDER / f"{language}.po"))
        return {
            entry.msgid: entry.msgstr
            for entry in entries
            if entry.translated() and not entry.fuzzy and not entry.obsolete
        }

    def test_the_template_has_everything_that_is_read(self):
        self.assertGreater(len(self.terms), 500)
        template = {entry.msgid for entry in polib.pofile(str(FOLDER / f"{MODULE}.pot"))}
        self.assertFalse(self.terms - template, "export the template again")

    def test_dutch_has_everything(self):
        self.assertFalse(self.terms - set(self._translated("nl")))

    def test_french_has_what_explains_an_answer_of_exact(self):
        self.assertGreater(len(self.explaining), 250)
        french = set(self._translated("fr"))
        self.assertFalse(self.explaining - french, "translate these in i18n/fr.po")
        self.assertFalse(french - self.explaining, "of a screen, all of it or nothing is French")

    def test_there_is_no_other_language(self):
        self.assertEqual({path.stem for path in FOLDER.glob("*.po")}, {"nl", "fr"})

    def test_what_is_filled_in_is_kept(self):
        for language in ("nl", "fr"):
            for term, translated in self._translated(language).items():
                with self.subTest(language=language, term=term):
                    self.assertCountEqual(
                        PLACEHOLDER.findall(term), PLACEHOLDER.findall(translated)
                    )
