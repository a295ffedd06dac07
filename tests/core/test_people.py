"""People of a demo world sign in there and nowhere else."""

from django.test import Client

from tscore.demo import desk


def sign_in_with(person):
    return Client().post("/login/", {"username": person["email"], "password": person["password"]})


def test_people_of_the_demo_sign_in_only_in_the_demo(db, settings, now):
    person = desk.open_desk(seed="tscore", now=now)[0]

    outside = sign_in_with(person).status_code
    settings.DEMO = True
    inside = sign_in_with(person).status_code

    assert (outside, inside) == (422, 303)


def test_session_of_a_demo_ends_with_the_demo(db, settings, now):
    person = desk.open_desk(seed="tscore", now=now)[0]
    settings.DEMO, client = True, Client()
    client.post("/login/", {"username": person["email"], "password": person["password"]})
    inside = client.get("/me/display/").status_code
    settings.DEMO = False

    answer = client.get("/me/display/")

    assert (inside, answer.status_code, answer["Location"]) == (200, 302, "/login/?next=/me/display/")
