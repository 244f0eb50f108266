from odoo.addons.keeping_exact_connector.tests.translation_case import TranslationCase
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestSaleTranslations(TranslationCase):
    module = "keeping_exact_connector_sale"

    def test_everything_that_is_read_is_there_in_dutch(self):
        self._check_template(30)
        self.assertFalse(self.terms - set(self._translated("nl")))
        self._check_placeholders()
