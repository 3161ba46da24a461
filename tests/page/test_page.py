"""Tests of the page with two users at once: each sees what the other does, also if the node that serves them stops."""

import contextlib
import uuid

import pytest

from conftest import shell

HANDSHAKE = "post/feed/posted"  # a handshake of the live feed may fail while a node stops; the page tries again


@pytest.fixture
def friends(pages):
    """Two pages. The user of the first has the user of the second as a friend."""
    anna, boris = pages(), pages()
    anna.register("Анна")
    surname = "Б" + uuid.uuid4().hex
    boris.register("Борис", surname)
    anna.find("nav a[href='#people']").click()
    anna.fill("#search", first_name="Борис", last_name=surname)
    anna.until(lambda: len(anna.all("#search-results .person")) == 1, "the other user isn't found")
    anna.find("#search-results .friend").click()
    anna.until_text("#search-results .friend", "Remove friend")
    anna.find("nav a[href='#feed']").click()
    return anna, boris


def write(page, text):
    page.fill("#write", text=text)
    page.until(lambda: page.find("#write textarea").get_attribute("value") == "", "the post isn't accepted")


@contextlib.contextmanager
def stopped(machine):
    """Stops core on an app node during the block. The start waits until core is ready."""
    shell(machine, "systemctl stop core")
    try:
        yield
    finally:
        shell(machine, "systemctl start core")


def test_a_friends_post_appears_without_a_reload_and_its_html_stays_text(friends):
    anna, boris = friends
    text = f"<img src=x onerror=alert(1)> {uuid.uuid4()}"
    write(boris, text)
    anna.until_text("#feed-posts .text", text)
    assert not anna.all("#feed-posts img")
    assert len(anna.all("#feed-posts .post")) == 1
    boris.find("nav a[href='#feed']").click()
    assert not boris.all("#feed-posts .post"), "a friendship is directed"


def test_no_post_is_lost_or_shown_twice_when_the_node_of_the_websocket_stops(friends):
    anna, boris = friends
    before, after, last = (f"{word} {uuid.uuid4()}" for word in ("before", "after", "last"))
    with stopped("app1"):  # so the WebSocket is connected to app2 afterwards
        anna.until_text("#live", "Live")
        write(boris, before)
        anna.until_text("#feed-posts .text", before)
    anna.driver.execute_script("""
        window.states = [];
        new MutationObserver(() => window.states.push(document.getElementById("live").dataset.state))
          .observe(document.getElementById("live"), {attributes: true});""")
    with stopped("app2"):
        write(boris, after)
        anna.until_text("#feed-posts .text", after)
    write(boris, last)
    anna.until_text("#feed-posts .text", last)
    assert [anna.texts("#feed-posts .text").count(text) for text in (before, after, last)] == [1, 1, 1]
    states = anna.driver.execute_script("return window.states")
    assert (states[0], states[-1]) == ("reconnecting", "live"), states
    for page in friends:
        assert [message for message in page.complaints() if HANDSHAKE not in message] == []


def test_search_results_have_pages(pages):
    page = pages()
    page.register("Поиск")
    page.find("nav a[href='#people']").click()
    page.fill("#search", first_name="Л", last_name="З")
    names = "#search-results .name"
    page.until(lambda: len(page.texts(names)) == 20 and "…" not in page.texts(names), "twenty people aren't shown")
    first = page.driver.execute_script("return [...document.querySelectorAll('#search-results .person')].map(one => one.dataset.id)")
    assert all(name.startswith("Л") and " З" in name for name in page.texts(names))
    page.find("#search-next").click()
    page.until(lambda: page.texts("#search-page") == ["Page 2"], "there is no second page")
    second = page.driver.execute_script("return [...document.querySelectorAll('#search-results .person')].map(one => one.dataset.id)")
    assert len(second) == 20 and min(second) > max(first)
    page.find("#search-previous").click()
    page.until(lambda: page.texts("#search-page") == ["Page 1"], "the first page doesn't come back")
    assert page.driver.execute_script("return [...document.querySelectorAll('#search-results .person')].map(one => one.dataset.id)") == first


def test_a_message_reaches_the_other_user(friends):
    anna, boris = friends
    anna_id, boris_id = (page.driver.execute_script("return sessionStorage.getItem('user')") for page in friends)
    anna.go(f"/#messages/{boris_id}")
    anna.fill("#send", text="Привет, Борис")
    anna.until_text("#dialog-messages .mine", "You: Привет, Борис")
    boris.go(f"/#messages/{anna_id}")
    boris.until_text("#dialog-messages .theirs", "They: Привет, Борис")
    boris.fill("#send", text="Привет, Анна")
    anna.until_text("#dialog-messages .theirs", "They: Привет, Анна")
    assert len(anna.all("#dialog-messages li")) == 2


def test_a_user_changes_and_deletes_a_post(friends):
    anna, boris = friends
    text = f"first {uuid.uuid4()}"
    write(boris, text)
    boris.find("nav a[href='#posts']").click()
    boris.until_text("#posts-list .text", text)
    boris.find("#posts-list .actions button:nth-of-type(1)").click()
    boris.fill("#posts-list .edit", text=f"second {text}")
    boris.until_text("#posts-list .text", f"second {text}")
    anna.driver.refresh()
    anna.until_text("#feed-posts .text", f"second {text}")
    delete = boris.find("#posts-list .actions button:nth-of-type(2)")
    delete.click()
    delete.click()
    boris.until(lambda: not boris.all("#posts-list .post"), "the post isn't deleted")
    anna.driver.refresh()
    anna.until(lambda: any(text.startswith("Nothing yet") for text in anna.texts("#feed-state")), "the deleted post is still there")


def test_a_field_takes_the_longest_name_that_the_api_allows(pages):
    page = pages()
    page.go("/")
    name = "\u0418\u0306" * 100  # the API counts a hundred characters, the browser two hundred
    field = page.find("#register [name=first_name]")
    field.send_keys(name)
    assert field.get_attribute("value") == name


def test_an_error_is_shown_with_the_requests_id(pages):
    page = pages()
    user = page.register("Ошибка")
    page.find("#sign-out").click()
    page.fill("#sign-in", id=user, password="not the password")
    page.until(lambda: "Password is wrong." in page.find("#sign-in .trouble").text, "the wrong password isn't reported")
    assert len(page.find("#sign-in .trouble small").text) == len("Request ") + 32
    assert all("401" in message for message in page.complaints())
    page.fill("#sign-in", id=user, password="correct horse")
    page.until_text("#live", "Live")


def test_an_invalid_session_leads_to_the_sign_in_form(pages):
    page = pages()
    page.register("Сеанс")
    page.driver.execute_script("sessionStorage.setItem('token', 'nonsense')")
    page.driver.refresh()
    page.until(lambda: page.texts("#entrance-note") == ["Your session has ended. Sign in again."], "the page doesn't ask to sign in")
    page.complaints()


@pytest.mark.parametrize("width", [360, 1200])
def test_no_view_is_wider_than_the_screen(friends, width):
    anna, boris = friends
    write(boris, "длинное" * 100)
    anna.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500})
    anna.until(lambda: anna.all("#feed-posts .post"), "the post doesn't appear")
    for view in ("feed", "people", "messages", "posts"):
        anna.go(f"/#{view}")
        anna.find(f"#{view} h1")
        assert anna.driver.execute_script("return document.documentElement.scrollWidth") <= width, view
