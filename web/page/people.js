// Search, page by page: the service goes on after the last user of the page before.
import { get } from "./api.js";
import { busily, byId, onSubmit } from "./dom.js";
import { person, showFriends } from "./friends.js";
import { know } from "./users.js";

const PAGE = 20;

let prefixes = null;
let begins = []; // for each page up to this one, the id after which the page begins
let last = "";

export function start() {
  onSubmit(byId("search"), (fields) => {
    prefixes = fields;
    return load([""]);
  });
  byId("search-next").addEventListener("click", (event) => turn(event, [...begins, last]));
  byId("search-previous").addEventListener("click", (event) => turn(event, begins.slice(0, -1)));
}

export const show = showFriends;

async function turn(event, pages) {
  const { currentTarget: pressed } = event;
  if (await busily(pressed, byId("search").querySelector(".trouble"), () => load(pages))) {
    byId("search-state").scrollIntoView({ block: "start" });
  }
}

async function load(pages) {
  byId("search-state").textContent = "Searching …";
  try {
    const after = pages.at(-1);
    // Asks for one user more than a page shows. If that user comes, there is a next page.
    const { value: found } = await get("/user/search", { ...prefixes, limit: PAGE + 1, ...(after && { after }) });
    begins = pages;
    render(found.slice(0, PAGE), found.length > PAGE);
  } catch (error) {
    byId("search-state").textContent = "";
    throw error;
  }
}

function render(users, more) {
  users.forEach(know);
  last = users.at(-1)?.id ?? "";
  byId("search-results").replaceChildren(...users.map(({ id }) => person(id)));
  byId("search-state").textContent = users.length || begins.length > 1 ? "" : "No names begin like this. Upper and lower case are different.";
  byId("search-pages").hidden = !more && begins.length === 1;
  byId("search-page").textContent = `Page ${begins.length}`;
  byId("search-next").hidden = !more;
  byId("search-previous").hidden = begins.length === 1;
}
