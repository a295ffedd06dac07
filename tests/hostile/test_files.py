"""Of a stranger's picture nothing but pixels is kept; what is no picture, or too much of one, is refused."""

import io

import pytest
from PIL import Image

from tests.hostile import files
from tscore.core import picture_worker, pictures


@pytest.fixture(autouse=True)
def counted_by_us(monkeypatch):
    """Let pixels be counted as in the process that draws, without starting one for each file."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)


@pytest.mark.parametrize("name", files.DRAWN)
def test_picture_with_more_in_it_is_drawn_anew_as_pixels_only(name):
    content = picture_worker.drawn_anew(files.DRAWN[name])

    drawn = Image.open(io.BytesIO(content))
    assert (drawn.format, getattr(drawn, "n_frames", 1), max(drawn.size) <= 1600) == ("WEBP", 1, True)
    assert set(drawn.info) <= {"background", "loop", "timestamp", "duration"}
    assert [part for part in (b"fired", b"index.html", b"EXIF", b"ICCP", b"XMP ") if part in content] == []


@pytest.mark.parametrize("name", files.REFUSED)
def test_file_that_is_no_fit_picture_is_refused(name):
    data, word = files.REFUSED[name]

    with pytest.raises(Exception) as refusal:
        picture_worker.drawn_anew(data)

    assert (str(refusal.value) if isinstance(refusal.value, picture_worker.Refused) else "broken_picture") == word


@pytest.mark.parametrize(
    "name", ["text that unpacks to 200 MB", "flood of one bit", "svg with a script", "size without pixels"]
)
def test_the_process_that_draws_says_why_it_did_not(name):
    data, word = files.REFUSED[name]

    with pytest.raises(pictures.NotDrawn, match=word):
        pictures.draw_anew(data)


def test_only_the_first_of_many_frames_is_shown():
    drawn = Image.open(io.BytesIO(picture_worker.drawn_anew(files.animated("GIF")))).convert("RGB")

    red, _, blue = drawn.getpixel((10, 10))
    assert red > 200 > blue


def test_a_picture_lies_the_way_its_camera_was_held():
    drawn = Image.open(io.BytesIO(pictures.draw_anew(files.exif()).content))

    assert drawn.size == (30, 40)


def test_too_large_a_file_is_refused_unread():
    with pytest.raises(pictures.NotDrawn, match="too_large"):
        pictures.draw_anew(b"x" * (pictures.MOST_BYTES + 1))
