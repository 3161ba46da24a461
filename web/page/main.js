// Decides what is shown: the entrance while nobody is signed in, otherwise the view that the URL's fragment names.
import { byId } from "./dom.js";
import * as entrance from "./entrance.js";
import * as feed from "./feed.js";
import * as friends from "./friends.js";
import * as messages from "./messages.js";
import * as people from "./people.js";
import * as posts from "./posts.js";
import { end, session } from "./session.js";
import { nameOf, user } from "./users.js";

const VIEWS = {
  feed: { show: () => {} },
  people: { show: people.show },
  messages: { show: messages.show },
  posts: { show: posts.show },
};

function route() {
  const [asked, id] = location.hash.slice(1).split("/");
  const name = Object.hasOwn(VIEWS, asked) ? asked : "feed";
  messages.leave();
  Object.keys(VIEWS).forEach((view) => { byId(view).hidden = view !== name; });
  byId("nav").querySelectorAll("a").forEach((link) => {
    if (link.hash === `#${name}`) {
      link.setAttribute("aria-current", "page");
    } else {
      link.removeAttribute("aria-current");
    }
  });
  VIEWS[name].show(id);
  document.title = `${byId(name).querySelector("h1").textContent} – Holdfast`;
}

function enter({ registered }) {
  byId("entrance").hidden = true;
  byId("nav").hidden = false;
  byId("account").hidden = false;
  byId("sign-out").addEventListener("click", () => end());
  user(session.userId).then((me) => { byId("me").textContent = nameOf(me); }, () => {});
  if (registered) {
    welcome();
  }
  friends.start();
  friends.onChange(feed.reload);
  feed.start();
  people.start();
  messages.start();
  posts.start();
  addEventListener("hashchange", () => {
    route();
    byId("content").focus({ preventScroll: true });
    scrollTo(0, 0);
  });
  route();
}

/** A user signs in with an id that nobody can remember. So it is shown after registration, to be copied. */
function welcome() {
  const card = byId("welcome");
  card.hidden = false;
  card.querySelector("code").textContent = session.userId;
  card.querySelector("button").addEventListener("click", async ({ currentTarget: pressed }) => {
    getSelection().selectAllChildren(card.querySelector("code"));
    await navigator.clipboard?.writeText(session.userId); // only with TLS, or on localhost, the page has a clipboard
    pressed.textContent = navigator.clipboard ? "Copied" : "Selected";
  });
}

if (session.token) {
  enter({ registered: false });
} else {
  byId("entrance").hidden = false;
  entrance.start(enter);
}
