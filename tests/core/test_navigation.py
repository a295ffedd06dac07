def test_rail_shows_the_places_a_person_may_open_and_where_they_are(ada, sign_in):
    page = sign_in(ada).get("/me/display/")

    shown = {place["label"]: place for place in page.context["nav"]}

    assert "Audit" not in shown
    assert shown["Display"]["current"] is True
    assert shown["Home"]["url"] == "/"
    assert [label for label, place in shown.items() if place["current"]] == ["Display"]


def test_rail_of_an_auditor_has_the_audit_trail(auditor, sign_in):
    page = sign_in(auditor).get("/me/display/")

    assert "Audit" in [place["label"] for place in page.context["nav"]]


def test_frame_of_a_page_has_a_nonce_for_its_scripts(ada, sign_in):
    page = sign_in(ada).get("/me/display/")

    assert f"'nonce-{page.context['csp_nonce']}'" in page["Content-Security-Policy"]
