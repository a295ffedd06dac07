"""Pictures of what is sold: drawn from the name of the file, the same each time."""

import hashlib
import io

from PIL import Image, ImageDraw

SIDE = 480


def draw(name: str) -> bytes:
    """Return a PNG with three shapes whose places and colours follow from the name."""
    seed = hashlib.sha256(name.encode()).digest()
    picture = Image.new("RGB", (SIDE, SIDE * 3 // 4), (200 + seed[0] % 40, 200 + seed[1] % 40, 205))
    pen = ImageDraw.Draw(picture)
    for shape in (seed[2:9], seed[9:16], seed[16:23]):
        x, y, size = shape[0] % 300, shape[1] % 200, 60 + shape[2] % 120
        outline = pen.ellipse if shape[3] % 2 else pen.rectangle
        outline((x, y, x + size, y + size), fill=(shape[4], shape[5], shape[6]))
    kept = io.BytesIO()
    picture.save(kept, "PNG")
    return kept.getvalue()
