from pathlib import Path

from odoo.tests import tagged

from .translation_case import TranslationCase

FOLDER = Path(__file__).parent.parent / "i18n"
# Where the sentences are that explain what Exact answers. Exact answers in French too.
EXPLAINING = "addons/keeping_exact_connector/tools/messages/"


@tagged("post_install", "-at_install")
class TestTranslations(TranslationCase):
    module = "keeping_exact_connector"
    languages = ("nl", "fr")

    def test_the_template_has_everything_that_is_read(self):
        self._check_template(500)

    def test_dutch_has_everything(self):
        self.assertFalse(self.terms - set(self._translated("nl")))

    def test_french_has_what_explains_an_answer_of_exact(self):
        explaining = {row[4] for row in self.rows if row[2].startswith(EXPLAINING)}
        self.assertGreater(len(explaining), 250)
        french = set(self._translated("fr"))
        self.assertFalse(explaining - french, "translate these in i18n/fr.po")
        self.assertFalse(french - explaining, "of a screen, all of it or nothing is French")

    def test_there_is_no_other_language(self):
        self.assertEqual({path.stem for path in FOLDER.glob("*.po")}, set(self.languages))

    def test_what_is_filled_in_is_kept(self):
        self._check_placeholders()
