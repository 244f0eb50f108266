import re

import polib

from odoo.modules import get_module_path
from odoo.tests import TransactionCase
from odoo.tools.translate import TranslationModuleReader

PLACEHOLDER = re.compile(r"%\(\w+\)s|%[sd]|</?\w+")


def is_ours(row):
    """Whether a term is a sentence of ours: what help a name has is said by the model's owner."""
    help_text = row[1] == "model" and row[2] == "ir.model.fields,help"
    return not (help_text and row[3].endswith("__display_name"))


class TranslationCase(TransactionCase):
    """What a person reads of a module has a place in its template, and is there in Dutch.

    :cvar str module: name of the add-on
    :cvar tuple languages: of its ``.po`` files
    """

    module = None
    languages = ("nl",)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        reader = TranslationModuleReader(cls.env.cr, modules=[cls.module])
        cls.rows = [row for row in reader if is_ours(row)]
        cls.terms = {row[4] for row in cls.rows}

    def _entries(self, name):
        return polib.pofile(f"{get_module_path(self.module)}/i18n/{name}")

    def _translated(self, language):
        return {
            entry.msgid: entry.msgstr
            for entry in self._entries(f"{language}.po")
            if entry.translated() and not entry.fuzzy and not entry.obsolete
        }

    def _check_template(self, least):
        self.assertGreater(len(self.terms), least)
        template = {entry.msgid for entry in self._entries(f"{self.module}.pot")}
        self.assertFalse(self.terms - template, "export the template again")

    def _check_placeholders(self):
        for language in self.languages:
            for term, translated in self._translated(language).items():
                with self.subTest(language=language, term=term):
                    self.assertCountEqual(
                        PLACEHOLDER.findall(term), PLACEHOLDER.findall(translated)
                    )
