// Shows asyncapi.yaml, and what comes through the WebSocket that it describes.
import { load } from "./lib/js-yaml.mjs";

const CLOSED_WITHOUT_A_WORD = {
  1005: "Closed without a code.",
  1006: "There was no answer, or the connection broke. Check the token, and whether the service is up.",
};

const byId = (id) => document.getElementById(id);

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  made.append(...children);
  return made;
}

/** Paragraphs with **strong**, `code` and links: all the Markdown that our documents use. */
function prose(text = "") {
  return text.trim().split(/\n\s*\n/).map((paragraph) => element("p", {}, ...spans(paragraph)));
}

function spans(text) {
  return text.split(/(\*\*[^*]+\*\*|`[^`]+`|\[[^\]]+\]\([^)]+\))/).filter(Boolean).map((part) => {
    if (part.startsWith("**")) {
      return element("strong", {}, part.slice(2, -2));
    }
    if (part.startsWith("`")) {
      return element("code", {}, part.slice(1, -1));
    }
    const link = part.match(/^\[([^\]]+)\]\(([\w./-]+)\)$/);
    return link ? element("a", { href: link[2] }, link[1]) : part;
  });
}

/** Returns the node that a $ref within the document leads to. Returns any other node itself. */
function follow(api, node) {
  return node?.$ref
    ? follow(api, node.$ref.slice(2).split("/").reduce((at, key) => at[key.replaceAll("~1", "/").replaceAll("~0", "~")], api))
    : node;
}

function table(caption, head, rows) {
  const line = (cell, words) => element("tr", {}, ...words.map((word) => element(cell, cell === "th" ? { scope: "col" } : {}, ...[word].flat())));
  return element("div", { class: "scroll" }, element("table", {}, element("caption", {}, caption),
    element("thead", {}, line("th", head)), element("tbody", {}, ...rows.map((row) => line("td", row)))));
}

function properties(caption, schema) {
  return table(caption, ["Name", "Type", "Meaning"], Object.entries(schema.properties).map(([name, field]) => [
    element("code", {}, name),
    [field.format ? `${field.type} (${field.format})` : field.type, field.maxLength && `${field.minLength}…${field.maxLength} characters`,
      field.pattern && `like ${field.pattern}`, (schema.required ?? []).includes(name) && "always there"].filter(Boolean).join(", "),
    spans(field.description ?? ""),
  ]));
}

function message(api, given) {
  const { title, payload, examples } = follow(api, given);
  return [element("h3", {}, `Message: ${title}`), properties("Its JSON object", follow(api, payload)),
    ...examples.map((example) => element("pre", {}, JSON.stringify(example.payload, null, 2)))];
}

function channel(api, { address, title, summary, description, messages, bindings, "x-close-codes": codes }) {
  return [element("h2", {}, `${title}: `, element("code", {}, address)), element("p", {}, summary, "."), ...prose(description),
    properties("In the query", bindings.ws.query), properties("In the headers", bindings.ws.headers),
    ...Object.values(messages).flatMap((one) => message(api, one)),
    element("h3", {}, "When the connection ends"), table("Close codes", ["Code", "Meaning"], Object.entries(codes).map(([code, text]) => [code, spans(text)]))];
}

async function show() {
  const answer = await fetch("asyncapi.yaml");
  if (!answer.ok) {
    throw new Error(`asyncapi.yaml: status ${answer.status}`);
  }
  const api = load(await answer.text());
  byId("document").replaceChildren(element("h1", {}, api.info.title), ...prose(api.info.description),
    ...Object.values(api.channels).flatMap((one) => channel(api, one)),
    element("p", { class: "note" }, "The document: ", element("a", { href: "asyncapi.yaml" }, "asyncapi.yaml"), `, AsyncAPI ${api.asyncapi}`));
}

function note(text) {
  byId("state").textContent = text;
}

function connect(token, after) {
  const url = new URL("/post/feed/posted", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  url.searchParams.set("access_token", token);
  if (after) {
    url.searchParams.set("after", after);
  }
  const socket = new WebSocket(url);
  note("Connecting …");
  socket.onopen = () => note("Connected. A friend's next post will show below.");
  socket.onmessage = ({ data }) => byId("events").prepend(element("li", {}, element("pre", {}, data)));
  socket.onclose = ({ code, reason }) => {
    note(`Closed with ${code}. ${reason || CLOSED_WITHOUT_A_WORD[code] || ""}`);
    toggle(false);
  };
  byId("close").onclick = () => socket.close();
  toggle(true);
}

function toggle(connected) {
  byId("connect").querySelector("[type=submit]").disabled = connected;
  byId("close").disabled = !connected;
}

byId("connect").addEventListener("submit", (event) => {
  event.preventDefault();
  const fields = new FormData(event.target);
  connect(fields.get("token").trim(), fields.get("after").trim());
});

show().catch((error) => byId("document").replaceChildren(element("p", { role: "alert" }, `The document can't be shown: ${error.message}`)));
