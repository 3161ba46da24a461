"""The contract can be read and tried in a browser."""

import uuid


def test_every_operation_can_be_read_and_tried(pages):
    page = pages()
    page.go("/api/")
    page.until(lambda: len(page.all(".opblock")) == 14, "not every operation is shown")
    page.find("[id$='searchUsers'] .opblock-summary-control").click()
    page.find(".execute").click()
    page.until_text(".live-responses-table .response-col_status", "200")


def test_the_live_feed_can_be_read_and_tried(pages):
    writer, reader = pages(), pages()
    friend = writer.register("Писатель")
    reader.register("Читатель")
    token = reader.driver.execute_script("""
        const token = sessionStorage.getItem("token");
        return fetch("/friend/set/" + arguments[0], {method: "PUT", headers: {Authorization: "Bearer " + token}}).then(() => token);""", friend)
    reader.go("/api/live.html")
    reader.until_text("#document code", "postText")
    reader.fill("#connect", token=token)
    reader.until(lambda: "Connected" in reader.texts("#state")[0], "no connection")
    text = str(uuid.uuid4())
    writer.fill("#write", text=text)
    reader.until(lambda: any(text in event for event in reader.texts("#events pre")), "the post doesn't come")
