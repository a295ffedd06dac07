"""Files that somebody might send as a picture of what they sell, made anew each time."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Final

from PIL import Image, ImageDraw

SCRIPT: Final = b"<script>__fired(1)</script>"
PNG: Final = b"\x89PNG\r\n\x1a\n"


def image(form: str = "PNG", size: tuple[int, int] = (40, 30), mode: str = "RGB", **options: object) -> bytes:
    """Return a plain picture."""
    kept = io.BytesIO()
    Image.new(mode, size, 1 if mode in ("1", "P", "L") else "red").save(kept, form, **options)
    return kept.getvalue()


def drawing(colour: str) -> bytes:
    """Return a picture with something on it, which looks different when it is blurred."""
    kept, drawn = io.BytesIO(), Image.new("RGB", (480, 320), "white")
    ImageDraw.Draw(drawn).polygon([(20, 300), (240, 20), (460, 300)], fill=colour, outline="black", width=6)
    drawn.save(kept, "PNG")
    return kept.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    """Return one chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def header(width: int, height: int) -> bytes:
    """Return a PNG that claims a size and has no pixels."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return PNG + head + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def with_chunk(kind: bytes, body: bytes) -> bytes:
    """Return a good PNG with a chunk more after its header."""
    good = image()
    return good[:33] + chunk(kind, body) + good[33:]


def animated(form: str) -> bytes:
    """Return ten frames of which only the first is red."""
    kept = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", *["blue"] * 9)]
    frames[0].save(kept, form, save_all=True, append_images=frames[1:], duration=50)
    return kept.getvalue()


def archive() -> bytes:
    """Return a zip with a page inside."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as packed:
        packed.writestr("index.html", SCRIPT)
    return kept.getvalue()


def exif() -> bytes:
    """Return a JPEG whose description, author and place are hostile."""
    data = Image.Exif()
    data[0x010E], data[0x013B], data[0x0112] = SCRIPT.decode(), '"><svg onload=__fired(1)>', 6
    return image("JPEG", exif=data.tobytes())


GIF: Final = image("GIF", mode="P")
# What is drawn: a picture that carries more than a picture. Nothing of that may come out again.
DRAWN: Final = {
    "png and zip": image() + archive(),
    "jpeg and html": image("JPEG") + SCRIPT,
    "gif and script": GIF + b";/*" + SCRIPT,
    "jpeg with a script as comment": image("JPEG", comment=SCRIPT),
    "jpeg with exif": exif(),
    "png with a script as text": with_chunk(b"tEXt", b"Comment\x00" + SCRIPT),
    "png with xmp": with_chunk(b"iTXt", b"XML:com.adobe.xmp\x00\x00\x00\x00\x00" + SCRIPT),
    "png with an unknown chunk": with_chunk(b"prVt", SCRIPT),
    "jpeg with a profile that is none": image("JPEG", icc_profile=SCRIPT * 100),
    "webp with exif": image("WEBP", exif=b"Exif\x00\x00" + SCRIPT),
    "animated gif": animated("GIF"),
    "animated png": animated("PNG"),
    "animated webp": animated("WEBP"),
    "20,000 pixels wide": image(size=(20_000, 40)),
    "one pixel": image(size=(1, 1)),
    "see-through": image(mode="RGBA"),
    "print colours": image("JPEG", mode="CMYK"),
    "sixteen bit": image(mode="I;16"),
}
# What is refused, and why.
REFUSED: Final = {
    "nothing": (b"", "not_a_picture"),
    "text": (b"hello", "not_a_picture"),
    "html as jpg": (b"<!doctype html><html>" + SCRIPT, "not_a_picture"),
    "svg with a script": (b"<svg xmlns='http://www.w3.org/2000/svg'>" + SCRIPT + b"</svg>", "not_a_picture"),
    "svg with an entity": (b"<?xml version='1.0'?><!DOCTYPE s [<!ENTITY e 'x'>]><svg>&e;</svg>", "not_a_picture"),
    "packed svg": (zlib.compress(b"<svg>" + SCRIPT + b"</svg>"), "not_a_picture"),
    "pdf": (b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>", "not_a_picture"),
    "postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) run", "not_a_picture"),
    "tiff": (image("TIFF"), "not_a_picture"),
    "bmp": (image("BMP"), "not_a_picture"),
    "ico": (image("ICO"), "not_a_picture"),
    "ppm": (image("PPM"), "not_a_picture"),
    "zip": (archive(), "not_a_picture"),
    "program": (b"MZ\x90\x00" + b"\x00" * 500, "not_a_picture"),
    "png magic only": (PNG, "not_a_picture"),
    "png magic and html": (PNG + SCRIPT, "not_a_picture"),
    "gif magic and script": (b"GIF89a=1;" + SCRIPT, "not_a_picture"),
    "jpeg magic only": (b"\xff\xd8\xff\xe0", "not_a_picture"),
    "webp magic only": (b"RIFF\x00\x00\x00\x00WEBP", "not_a_picture"),
    "cut png": (image()[:-30], "broken_picture"),
    "cut jpeg": (image("JPEG", size=(400, 400))[:400], "broken_picture"),
    "cut webp": (image("WEBP")[:-10], "broken_picture"),
    "png of a false sum": (image()[:29] + b"\x00\x00\x00\x00" + image()[33:], "not_a_picture"),
    "50,000 pixels a side": (header(50_000, 50_000), "too_many_pixels"),
    "two thousand million pixels a side": (header(2**31 - 1, 2**31 - 1), "too_many_pixels"),
    "no pixels": (header(0, 0), "not_a_picture"),
    "flood of one bit": (image(size=(12_000, 12_000), mode="1"), "too_many_pixels"),
    "gif of a huge screen": (GIF[:6] + b"\xff\xff\xff\xff" + GIF[10:], "too_many_pixels"),
    "size without pixels": (header(6_000, 6_000), "broken_picture"),
    "text that unpacks to 200 MB": (
        with_chunk(b"zTXt", b"a\x00\x00" + zlib.compress(b"\x00" * 200_000_000, 9)), "broken_picture",
    ),
    "profile that unpacks to 200 MB": (
        with_chunk(b"iCCP", b"a\x00\x00" + zlib.compress(b"\x00" * 200_000_000, 9)), "broken_picture",
    ),
}  # fmt: skip
