"""Tests of the pages that show the API's contract: each operation can be read and tried in a browser."""

import uuid

import yaml

from conftest import ROOT


def test_every_operation_can_be_read_and_tried(pages):
    paths = yaml.safe_load((ROOT / "api/openapi.yaml").read_text())["paths"]
    page = pages()
    page.go("/api/")
    page.until(lambda: len(page.all(".opblock")) == sum(map(len, paths.values())), "not every operation is shown")
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
    reader.until(lambda: "Connected" in reader.texts("#state")[0], "the page doesn't connect")
    text = str(uuid.uuid4())
    writer.fill("#write", text=text)
    reader.until(lambda: any(text in event for event in reader.texts("#events pre")), "the post doesn't appear")
