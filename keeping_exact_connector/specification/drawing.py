"""Draws an hours specification: A4, as many pages as it takes, the same bytes each time."""

import io
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import BaseDocTemplate, Frame, Image, PageTemplate, Paragraph, Spacer, Table
from reportlab.platypus.doctemplate import NextPageTemplate

from .content import COLUMNS, NUMBERS, Entry
from .fonts import BOLD, REGULAR, printable, use_fonts
from .pages import MARGIN, MUTED, NumberedCanvas

INK = HexColor("#1f2933")
RULE, FAINT, TINT = HexColor("#1f2933"), HexColor("#dde3e8"), HexColor("#f4f6f8")
TOP, BOTTOM = 16 * mm, 20 * mm
WIDTH = A4[0] - 2 * MARGIN
SIZE, LEADING, PADDING, GAP = 8.5, 11.5, 3, 2
# What a column of short texts takes at most; those with numbers take what they need. The text has
# the rest, or whichever of these comes first when it is not shown.
MOST = {"date": 24 * mm, "person": 32 * mm, "task": 36 * mm}
WIDE = ("text", "task", "person", "date")
LOGO, FACTS = (50 * mm, 18 * mm), 86 * mm
# A row has to fit on a page, below the name of its project.
TALLEST, LONGEST_NAME = 620, 200
# Rows of one table: laying out takes time with the square of their number.
AT_ONCE = 60

BODY = ParagraphStyle("body", fontName=REGULAR, fontSize=SIZE, leading=LEADING, textColor=INK)
STRONG = ParagraphStyle("strong", BODY, fontName=BOLD)
LABEL = ParagraphStyle("label", BODY, textColor=MUTED)
VALUE = ParagraphStyle("value", BODY, alignment=TA_RIGHT)
TITLE = ParagraphStyle("title", BODY, fontName=BOLD, fontSize=19, leading=24)
NAME = ParagraphStyle("name", BODY, fontName=BOLD, fontSize=11, leading=15)


def draw(specification, regular=None, bold=None):
    """Return the bytes of the PDF.

    :param Specification specification: its texts
    :param str regular: path of the TrueType file to write with
    :param str bold: path of its bold sister
    """
    use_fonts(regular, bold)
    return _Drawing(specification).make()


class _Drawing:
    def __init__(self, specification):
        self.specification = specification
        self.columns = [name for name in COLUMNS if name in specification.labels]
        self.widths = self._share_width()
        self.headings = self._table(
            [self._cells(Entry(**specification.labels), STRONG)],
            [("LINEBELOW", (0, 0), (-1, 0), 1, RULE), ("BOTTOMPADDING", (0, 0), (-1, 0), 4)],
        )
        self.heading_height = self.headings.wrap(WIDTH, A4[1])[1]

    def make(self):
        specification = self.specification
        target = io.BytesIO()
        document = BaseDocTemplate(
            target,
            pagesize=A4,
            title=specification.title,
            author=specification.organisation,
            subject=specification.footer,
            lang=specification.language,
            # Neither the moment nor a random number in it: drawn again it is the same.
            invariant=1,
        )
        later = self._frames(TOP + self.heading_height)
        document.addPageTemplates(
            [
                PageTemplate("first", self._frames(TOP), pagesize=A4),
                # At its end: over the thin line of the first row, which touches it.
                PageTemplate("later", later, onPageEnd=self._draw_headings, pagesize=A4),
            ]
        )
        footer = printable(specification.footer)
        document.build(
            list(self._story()),
            canvasmaker=lambda *args, **options: NumberedCanvas(*args, footer=footer, **options),
        )
        return target.getvalue()

    @staticmethod
    def _frames(top):
        height = A4[1] - top - BOTTOM
        pads = dict.fromkeys(("leftPadding", "rightPadding", "topPadding", "bottomPadding"), 0)
        return [Frame(MARGIN, BOTTOM, WIDTH, height, **pads)]

    def _share_width(self):
        """Return the widths of the columns: what they need, and the rest for the text."""
        specification = self.specification
        rows = [specification.total, *(group.total for group in specification.groups)]
        rows += [entry for group in specification.groups for entry in group.entries]
        widths = {}
        for name in self.columns:
            texts = {getattr(row, name) for row in rows} if name != "text" else set()
            needed = [stringWidth(printable(text), BOLD, SIZE) for text in texts]
            needed.append(stringWidth(printable(specification.labels[name]), BOLD, SIZE))
            widths[name] = min(max(needed) + 2 * PADDING + GAP, MOST.get(name, WIDTH))
        wide = next(name for name in WIDE if name in widths)
        widths[wide] += WIDTH - sum(widths.values())
        return list(widths.values())

    # ------------------------------------------------------------------ parts

    def _story(self):
        specification = self.specification
        yield NextPageTemplate("later")
        yield from self._head()
        yield self.headings
        several = len(specification.groups) > 1
        for group in specification.groups:
            yield from self._group(group, several)
        line = [("LINEABOVE", (0, 0), (-1, 0), 1, RULE), ("TOPPADDING", (0, 0), (-1, 0), 5)]
        yield self._sum(specification.total, line)

    def _head(self):
        specification = self.specification
        yield self._letterhead()
        yield Spacer(0, 9 * mm)
        yield Paragraph(_rich(specification.title), TITLE)
        yield Spacer(0, 5 * mm)
        recipient = [
            Paragraph(_rich(line), BODY if position else STRONG)
            for position, line in enumerate(specification.recipient)
        ]
        yield Table(
            [[recipient, self._facts()]],
            colWidths=[WIDTH - FACTS, FACTS],
            style=[("VALIGN", (0, 0), (-1, -1), "TOP"), *_no_padding()],
        )
        yield Spacer(0, 8 * mm)

    def _facts(self):
        if not self.specification.facts:
            return ""
        return Table(
            [
                [Paragraph(_rich(label), LABEL), Paragraph(_rich(value), VALUE)]
                for label, value in self.specification.facts
            ],
            colWidths=[34 * mm, FACTS - 34 * mm],
            style=[
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 0),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ],
        )

    def _letterhead(self):
        name = Paragraph(_rich(self.specification.organisation), NAME)
        logo = self._logo()
        return Table(
            [[name, logo or ""]],
            colWidths=[WIDTH - LOGO[0], LOGO[0]],
            style=[
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("ALIGN", (1, 0), (1, 0), "RIGHT"),
                *_no_padding(),
            ],
        )

    def _logo(self):
        if not self.specification.logo:
            return None
        try:
            width, height = ImageReader(io.BytesIO(self.specification.logo)).getSize()
            factor = min(LOGO[0] / width, LOGO[1] / height)
        except Exception:  # a picture that cannot be drawn costs the picture, not the document
            return None
        picture = io.BytesIO(self.specification.logo)
        return Image(picture, width * factor, height * factor, mask="auto", hAlign="RIGHT")

    def _group(self, group, several):
        if several:
            name = Paragraph(escape(_cut(group.name)), STRONG)
            row = [name, *[""] * (len(self.columns) - 1)]
            # Not alone at the foot of a page: its first entry goes with it.
            head, rest = group.entries[:1], group.entries[1:]
            rows = [row, *(self._cells(entry) for entry in head)]
            style = [
                ("SPAN", (0, 0), (-1, 0)),
                ("TOPPADDING", (0, 0), (-1, 0), 9),
                ("NOSPLIT", (0, 0), (-1, -1)),
                *_between(1, len(rows)),
            ]
            yield self._table(rows, style)
        else:
            rest = group.entries
        for start in range(0, len(rest), AT_ONCE):
            rows = [self._cells(entry) for entry in rest[start : start + AT_ONCE]]
            yield self._table(rows, _between(0, len(rows)))
        if several:
            yield self._sum(group.total, [("BACKGROUND", (0, 0), (-1, 0), TINT)])

    # ------------------------------------------------------------------ rows

    def _table(self, rows, style=()):
        return Table(
            rows,
            colWidths=self.widths,
            style=[
                ("FONT", (0, 0), (-1, -1), REGULAR, SIZE, LEADING),
                ("TEXTCOLOR", (0, 0), (-1, -1), INK),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), PADDING),
                ("RIGHTPADDING", (0, 0), (-1, -1), PADDING),
                ("TOPPADDING", (0, 0), (-1, -1), 2.5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3.5),
                *(
                    ("ALIGN", (position, 0), (position, -1), "RIGHT")
                    for position, name in enumerate(self.columns)
                    if name in NUMBERS
                ),
                *style,
            ],
        )

    def _cells(self, entry, style=BODY):
        cells = []
        for name, width in zip(self.columns, self.widths, strict=True):
            room = width - 2 * PADDING
            text = printable(getattr(entry, name))
            if style is BODY and stringWidth(text, style.fontName, SIZE) <= room:
                # A paragraph takes ten times as long.
                cells.append(text)
            else:
                right = ParagraphStyle("right", style, alignment=TA_RIGHT)
                cells.append(_wrap(text, right if name in NUMBERS else style, room))
        return cells

    def _sum(self, total, style):
        """A row of sums; the word for them goes over all columns that are no numbers."""
        cells = self._cells(total, STRONG)
        first = next(index for index, name in enumerate(self.columns) if name in NUMBERS)
        word = Paragraph(escape(_cut(total.text)), STRONG)
        row = [word, *[""] * (first - 1), *cells[first:]]
        return self._table([row], [("SPAN", (0, 0), (first - 1, 0)), *style])

    def _draw_headings(self, canvas, _document):
        """The headings of the columns, on each page but the first."""
        self.headings.wrapOn(canvas, WIDTH, self.heading_height)
        self.headings.drawOn(canvas, MARGIN, A4[1] - TOP - self.heading_height)


def _no_padding():
    names = ("LEFTPADDING", "RIGHTPADDING", "TOPPADDING", "BOTTOMPADDING")
    return [(name, (0, 0), (-1, -1), 0) for name in names]


def _between(first, count):
    return [("LINEBELOW", (0, first), (-1, count - 1), 0.4, FAINT)]


def _wrap(text, style, room):
    """Return a paragraph, cut where it would be higher than a page."""
    paragraph = Paragraph(escape(text), style)
    # Two lines hold more than one line's width of words: less than this surely fits.
    if stringWidth(text, style.fontName, SIZE) < room * TALLEST / LEADING / 2:
        return paragraph
    while (height := paragraph.wrap(room, TALLEST)[1]) > TALLEST:
        text = text[: int(len(text) * TALLEST / height * 0.97)].rstrip() + "…"
        paragraph = Paragraph(escape(text), style)
    return paragraph


def _cut(name):
    name = printable(name)
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1].rstrip() + "…"


def _rich(text):
    return escape(printable(text))
