"""Pages that know how many there are."""

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from .fonts import REGULAR

MARGIN, FOOT, SIZE = 18 * mm, 11 * mm, 7.5
MUTED = HexColor("#66727f")


class NumberedCanvas(Canvas):
    """Writes the foot of each page when the last one is done: ``1 / 3``.

    :param str footer: what stands to the left of the number
    """

    def __init__(self, *args, footer="", **options):
        super().__init__(*args, **options)
        self._footer = footer
        self._pages = []

    def showPage(self):  # noqa: N802  # the name is reportlab's
        """Keep the page instead of writing it."""
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self):
        """Write all pages, each with its number."""
        for number, page in enumerate(self._pages, start=1):
            self.__dict__.update(page)
            self.setFont(REGULAR, SIZE)
            self.setFillColor(MUTED)
            self.drawString(MARGIN, FOOT, self._footer)
            self.drawRightString(A4[0] - MARGIN, FOOT, f"{number} / {len(self._pages)}")
            Canvas.showPage(self)
        return super().save()
