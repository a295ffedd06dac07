"""A case file as PDF. The fonts every reader has know Latin letters only; all others stand as their code point.

ReportLab reads its paragraphs as mark-up and would open files and addresses named in it, so every text is escaped.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from cases.web.case_file.document import CaseFile
from cases.web.case_file.tables import Section

if TYPE_CHECKING:
    from reportlab.platypus import Flowable

MARGIN: Final = 42.0
GREY: Final = "#596375"
# One cell must fit on a page, which ReportLab cannot split.
LONGEST_CELL: Final = 1500


def pdf(file: CaseFile, *, made: str) -> bytes:
    """Return the file as PDF: the same bytes for the same file and `made`, the line that says when and for whom."""
    from reportlab.lib.pagesizes import A4, landscape  # loaded when the first file is asked for
    from reportlab.platypus import SimpleDocTemplate

    buffer, foot = BytesIO(), f"{file.ref} · {made} · content SHA-256 {file.sha256}"
    document = SimpleDocTemplate(
        buffer, pagesize=landscape(A4), leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN,
        title=f"Case file {file.ref}", author="", invariant=1,
    )  # fmt: skip
    document.build(_story(file, made, document.width), canvasmaker=_numbered(_latin(foot)))
    return buffer.getvalue()


def _story(file: CaseFile, made: str, width: float) -> list[Flowable]:
    from reportlab.platypus import Paragraph, Spacer

    style = _styles()
    facts = [*file.facts, ("Redaction", file.redaction), ("Made", made), ("Content SHA-256", file.sha256)]
    cover = Section("", ("", ""), tuple(facts), (1, 5))
    story = [Paragraph(_text(f"Case file {file.ref}: {file.title}"), style["Title"]), _table(cover, style, width)]
    for section in file.sections:
        story += [Spacer(1, 12), Paragraph(_text(section.title), style["Heading2"])]
        if section.note:
            story.append(Paragraph(_text(section.note), style["BodyText"]))
        story.append(_table(section, style, width) if section.rows else Paragraph("None.", style["BodyText"]))
    return story


def _table(section: Section, style: Any, width: float) -> Flowable:
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import LongTable, Paragraph

    has_head = any(section.columns)
    head = [[Paragraph(f"<b>{_text(name)}</b>", style["Cell"]) for name in section.columns]] if has_head else []
    body = [[Paragraph(_text(cell), style["Cell"]) for cell in row] for row in section.rows]
    shares = [width * share / sum(section.widths) for share in section.widths]
    looks = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.25, HexColor("#d3d8e0")),
        ("LEFTPADDING", (0, 0), (-1, -1), 2),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
    ]
    return LongTable(head + body, colWidths=shares, repeatRows=len(head), style=looks, splitInRow=1)


def _styles() -> Any:
    from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet

    styles = getSampleStyleSheet()
    styles["Title"].alignment, styles["Title"].fontSize, styles["Title"].leading = 0, 16, 20
    styles["Heading2"].fontSize = 11
    styles.add(ParagraphStyle("Cell", fontName="Helvetica", fontSize=7.5, leading=9.5, splitLongWords=1))
    return styles


def _numbered(foot: str) -> type:
    """Return a canvas that writes the foot line with `Page x of y` once it knows how many pages there are."""
    from reportlab.pdfgen.canvas import Canvas

    class Numbered(Canvas):  # type: ignore[misc]
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self._kept: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802  (ReportLab's name)
            self._kept.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self._kept, start=1):
                self.__dict__.update(page)
                self.setFont("Helvetica", 6.5)
                self.setFillColor(GREY)
                self.drawString(MARGIN, MARGIN / 2, foot)
                self.drawRightString(self._pagesize[0] - MARGIN, MARGIN / 2, f"Page {number} of {len(self._kept)}")
                super().showPage()
            super().save()

    return Numbered


def _text(text: str) -> str:
    return escape(_latin(text[:LONGEST_CELL] + ("…" if len(text) > LONGEST_CELL else "")))


def _latin(text: str) -> str:
    """Return the text with what the font lacks as its code point, so that nothing is drawn as an empty box."""
    return "".join(sign if _is_drawn(sign) else f"[U+{ord(sign):04X}]" for sign in text)


def _is_drawn(sign: str) -> bool:
    return sign.isprintable() and bool(sign.encode("cp1252", "ignore"))
