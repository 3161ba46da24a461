// Adding and removing friends, from wherever a person is shown.
import { put } from "./api.js";
import { byId, busily, copyOf } from "./dom.js";
import { friends, session } from "./session.js";
import { introduce, user } from "./users.js";

const listeners = [];

/** Calls the listener after each change, with the id of the user who was added or removed. */
export function onChange(listener) {
  listeners.push(listener);
}

export async function befriend(id, wanted) {
  await put(`/friend/${wanted ? "set" : "delete"}/${id}`);
  friends[wanted ? "add" : "remove"](id);
  listeners.forEach((listener) => listener(id));
}

/** Makes the element that shows a user, with the buttons to add or remove a friend and to write a message. */
export function person(id) {
  const item = copyOf("person");
  item.dataset.id = id;
  introduce(item, id);
  user(id).then((found) => {
    item.querySelector(".facts").textContent = `${found.city}, born ${found.birthdate}`;
    item.querySelector(".text").textContent = found.biography;
  }, () => {});
  item.querySelector(".message").href = `#messages/${id}`;
  const friend = item.querySelector(".friend");
  friend.addEventListener("click", () => busily(friend, item.querySelector(".trouble"), () => befriend(id, !friends.has(id))));
  label(item, id);
  return item;
}

function label(item, id) {
  const friend = item.querySelector(".friend");
  friend.textContent = friends.has(id) ? "Remove friend" : "Add friend";
  friend.hidden = id === session.userId;
  item.querySelector(".message").hidden = id === session.userId;
}

export function start() {
  onChange((id) => {
    showFriends();
    document.querySelectorAll(`.person[data-id="${CSS.escape(id)}"]`).forEach((item) => label(item, id));
  });
}

export function showFriends() {
  byId("friends").replaceChildren(...friends.all().map(person));
  byId("friends-state").hidden = friends.all().length > 0;
}
