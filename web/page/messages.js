// Dialogs: the users that one has written with in this browser, and the messages of the dialog that is open.
import { get, post } from "./api.js";
import { busily, byId, onSubmit } from "./dom.js";
import { partners, session } from "./session.js";
import { introduce, nameOf, user } from "./users.js";

const PAGE = 50;
const ASK_MS = 3000;

let partner = null;
let messages = []; // of the open dialog, oldest first
let before = null; // the X-Next-Before that leads to the older messages; null if there are none
let asking = 0;

const trouble = () => byId("send").querySelector(".trouble");

export function start() {
  onSubmit(byId("send"), send, { emptied: true });
  byId("dialog-older").addEventListener("click", (event) => busily(event.currentTarget, trouble(), older));
}

/** Opens the dialog with the user `id`. Without an id, shows only the list of dialogs. */
export function show(id) {
  leave();
  if (id) {
    partners.add(id);
    open(id);
  }
  byId("dialog").hidden = !id;
  listPartners();
}

export function leave() {
  clearInterval(asking);
  partner = null;
}

function listPartners() {
  const ids = partners.all();
  byId("partners").replaceChildren(...ids.map(partnerLink));
  byId("partners-state").hidden = ids.length > 0;
}

function partnerLink(id) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  const [avatar, name] = ["avatar", "name"].map((word) => Object.assign(document.createElement("span"), { className: word }));
  avatar.setAttribute("aria-hidden", "true");
  link.href = `#messages/${id}`;
  link.className = "partner";
  link.append(avatar, name);
  if (id === partner) {
    link.setAttribute("aria-current", "true");
  }
  item.append(link);
  introduce(item, id);
  return item;
}

async function open(id) {
  partner = id;
  messages = [];
  before = null;
  byId("dialog-messages").replaceChildren();
  byId("dialog-older").hidden = true;
  byId("dialog-state").textContent = "Loading …";
  user(id).then((found) => { byId("dialog-name").textContent = nameOf(found); }, () => { byId("dialog-name").textContent = id; });
  await busily(byId("dialog-messages"), trouble(), () => load(id));
  byId("dialog-state").textContent = messages.length ? "" : "No messages yet.";
  asking = partner === id ? setInterval(() => !document.hidden && load(id).catch(() => {}), ASK_MS) : asking;
}

async function load(id) {
  const { value: newest, headers } = await get(`/dialog/${id}/list`, { limit: PAGE });
  const added = partner === id ? since(newest) : [];
  if (added.length) {
    before = messages.length ? before : headers.get("X-Next-Before");
    messages.push(...added);
    render();
    byId("dialog-messages").lastElementChild?.scrollIntoView({ block: "nearest" });
  }
}

/** Returns the messages of the newest page that aren't shown yet. Messages have no ids, so only their order tells. */
function since(newest) {
  for (let count = 0; count < newest.length; count++) {
    const known = newest.slice(0, newest.length - count);
    if (JSON.stringify(known) === JSON.stringify(messages.slice(-known.length))) {
      return newest.slice(known.length);
    }
  }
  return newest;
}

async function older() {
  const { value: page, headers } = await get(`/dialog/${partner}/list`, { limit: PAGE, before });
  messages = [...page, ...messages];
  before = headers.get("X-Next-Before");
  render();
}

function render() {
  byId("dialog-messages").replaceChildren(...messages.map(bubble));
  byId("dialog-older").hidden = !before;
  byId("dialog-state").textContent = "";
}

function bubble({ from, text }) {
  const item = document.createElement("li");
  const mine = from === session.userId;
  item.className = mine ? "mine" : "theirs";
  const who = Object.assign(document.createElement("span"), { className: "hidden", textContent: mine ? "You: " : "They: " });
  item.append(who, text);
  return item;
}

async function send({ text }) {
  const id = partner;
  await post(`/dialog/${id}/send`, { text });
  await load(id);
}
