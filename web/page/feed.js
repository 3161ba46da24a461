// The feed: friends' posts, newest first, where new posts appear at once. Also the form to write a post.
import { get, post } from "./api.js";
import { busily, button, byId, copyOf, onSubmit, tell } from "./dom.js";
import { befriend } from "./friends.js";
import { Live } from "./live.js";
import { friends, ownPosts, session } from "./session.js";
import { introduce, nameOf, user } from "./users.js";

const PAGE = 10;
// A machine that loses its power closes no connection. So the page asks for the feed this often, and finds the posts
// that a dead connection didn't bring.
const CHECK_MS = 60000;
const STATES = { connecting: "Connecting …", live: "Live", reconnecting: "Reconnecting …", offline: "Offline" };

const shown = new Set();
const list = byId("feed-posts");
const trouble = () => byId("feed").querySelector(":scope > .trouble");

export function start() {
  onSubmit(byId("write"), write, { emptied: true });
  byId("feed-older").addEventListener("click", (event) => busily(event.currentTarget, trouble(), older));
  const live = new Live(session.token, {
    post: ({ postId: id, postText: text, author_user_id: author }) => arrived({ id, text, author_user_id: author }),
    state: showState,
    begun: refresh,
    // If the token is no longer valid, the answer to this request ends the session (api.js).
    refused: () => get("/post/feed", { limit: 1 }).then(() => true, () => false),
  });
  setInterval(async () => {
    if (!document.hidden && await refresh()) {
      live.restart();
    }
  }, CHECK_MS);
  refresh();
}

/** Adds the newest posts that aren't shown yet. Resolves to true if there were any. */
export async function refresh() {
  try {
    const { value: posts } = await get("/post/feed", { offset: 0, limit: PAGE });
    const first = shown.size === 0;
    const added = posts.toReversed().filter((one) => put(one, "prepend"));
    if (first) {
      byId("feed-older").hidden = posts.length < PAGE;
    }
    tell(trouble(), null);
    showEmptiness();
    return added.length > 0;
  } catch (error) {
    byId("feed-state").textContent = "";
    tell(trouble(), error);
    return false;
  }
}

async function older() {
  const { value: posts } = await get("/post/feed", { offset: shown.size, limit: PAGE });
  posts.forEach((one) => put(one, "append"));
  byId("feed-older").hidden = posts.length < PAGE;
}

async function arrived(one) {
  const item = put(one, "prepend");
  if (item) {
    item.classList.add("new");
    showEmptiness();
    const { author_user_id: author } = one;
    byId("feed-news").textContent = `New post of ${await user(author).then(nameOf, () => "a friend")}`;
  }
}

/** Shows a post and returns its element. Returns null if the post is already shown. */
function put(one, where) {
  if (shown.has(one.id)) {
    return null;
  }
  shown.add(one.id);
  friends.add(one.author_user_id);
  const item = copyOf("post");
  item.dataset.id = one.id;
  item.querySelector(".text").textContent = one.text;
  item.querySelector(".actions").append(button("Remove friend", (event) => remove(event.currentTarget, item, one.author_user_id)));
  introduce(item, one.author_user_id);
  item.dataset.author = one.author_user_id;
  list[where](item);
  return item;
}

async function remove(pressed, item, author) {
  await busily(pressed, item.querySelector(".trouble"), () => befriend(author, false));
}

/** Loads the feed anew, because it has other posts after a friend was added or removed. */
export function reload() {
  shown.clear();
  list.replaceChildren();
  byId("feed-state").textContent = "Loading …";
  refresh();
}

async function write({ text }) {
  const { value: id } = await post("/post/create", { text });
  ownPosts.add(id);
  byId("write").querySelector(".done").textContent = "Posted. Everybody who has you as a friend sees it now. You find it under “My posts”.";
}

function showState(word) {
  byId("live").dataset.state = word;
  byId("live").textContent = STATES[word];
}

function showEmptiness() {
  byId("feed-state").textContent = shown.size ? "" : "Nothing yet. Add friends under “People”. Their posts will show here at once.";
}
