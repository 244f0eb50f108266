"""A plain PDF of text lines, written by hand: the sandbox needs no library for it."""

_LINES_PER_PAGE = 52
_LEADING = 14
_TOP = 792


def _text(line):
    """Return a line as a PDF string of the encoding of Windows, which the standard fonts know."""
    raw = line.encode("cp1252", "replace")
    for sign in (b"\\", b"(", b")"):
        raw = raw.replace(sign, b"\\" + sign)
    return b"(" + raw.replace(b"\r", b" ").replace(b"\n", b" ") + b")"


def _content(lines, is_first):
    parts = [b"BT", f"{_LEADING} TL 56 {_TOP} Td".encode()]
    for index, line in enumerate(lines):
        heading = is_first and index == 0
        parts.append(b"/F2 15 Tf" if heading else b"/F1 9.5 Tf")
        parts.append(_text(line) + b" Tj T*")
    parts.append(b"ET")
    return b"\n".join(parts)


def _stream(content):
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)


def make_pdf(lines):
    """Return the bytes of a PDF of A4 pages.

    :param lines: the texts, one a line; the first one is the heading
    """
    lines = list(lines) or [""]
    chunks = [
        lines[start : start + _LINES_PER_PAGE] for start in range(0, len(lines), _LINES_PER_PAGE)
    ]
    # Objects 1 to 4 are catalogue, pages and the two fonts; then a page and its text in turn.
    kids = b" ".join(b"%d 0 R" % (5 + 2 * index) for index in range(len(chunks)))
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(chunks)),
        font % b"Courier",
        font % b"Helvetica-Bold",
    ]
    for index, chunk in enumerate(chunks):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>" % (6 + 2 * index)
        )
        objects.append(_stream(_content(chunk, index == 0)))
    return _assemble(objects)


def _assemble(objects):
    """Number the objects and write the table of where each one starts."""
    data, starts = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, item in enumerate(objects, 1):
        starts.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, item)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    size = len(objects) + 1
    return data + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (size, table, size, len(data))
    )
