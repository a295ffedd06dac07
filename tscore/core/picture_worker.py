"""Draws a stranger's picture anew, alone in a process of its own: what reads pictures can be broken by one.

Reads bytes from stdin, writes a WebP to stdout; what it will not draw ends with code 3 and one word on stderr. It knows
nothing of the console and starts with little memory, little time and no file it could write.
"""

import io
import resource
import sys
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

MOST_PIXELS = 40_000_000
LONGEST_SIDE = 1600
QUALITY = 80
MEMORY_BYTES, CPU_S = 1024 * 2**20, 10
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")


class Refused(Exception):
    """This is no picture that is shown."""


def drawn_anew(data: bytes) -> bytes:
    """Return the first frame as a WebP of at most 1,600 pixels a side, without anything that is not a pixel."""
    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError:
        raise Refused("not_a_picture") from None
    if picture.width * picture.height > MOST_PIXELS:
        raise Refused("too_many_pixels")
    picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), reducing_gap=2.0)
    return _encoded(_upright(picture))


def _upright(picture: Image.Image) -> Image.Image:
    """Return a picture as its camera was held; where it says so in a way nobody understands, as it lies."""
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # readers of pictures raise anything
        return picture


def _encoded(picture: Image.Image) -> bytes:
    kept = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    plain = Image.frombytes(kept.mode, kept.size, kept.tobytes())  # leaves profiles, comments and positions behind
    result = io.BytesIO()
    plain.save(result, "WEBP", quality=QUALITY, method=2)
    return result.getvalue()


def _limit() -> None:
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def main() -> int:
    """Draw one picture."""
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None  # counted above, before anything is read
    Image.preinit()
    _limit()
    try:
        result = drawn_anew(sys.stdin.buffer.read())
    except Refused as refusal:
        sys.stderr.write(str(refusal))
        return 3
    except Exception:  # readers of pictures raise anything
        sys.stderr.write("broken_picture")
        return 3
    sys.stdout.buffer.write(result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
