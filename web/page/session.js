// Who is signed in in this tab. Also the friends, dialogs and posts of this user that the browser remembers, because
// the service doesn't list them.

const TOKEN = "token";
const USER = "user";

export const session = {
  get token() { return sessionStorage.getItem(TOKEN); },
  get userId() { return sessionStorage.getItem(USER); },
};

export function begin(userId, token) {
  sessionStorage.setItem(USER, userId);
  sessionStorage.setItem(TOKEN, token);
  localStorage.setItem("last-user", userId);
}

/** Forgets the session; the note is shown where one signs in again. */
export function end(note = "") {
  sessionStorage.clear();
  sessionStorage.setItem("note", note);
  location.reload();
}

export function takeNote() {
  const note = sessionStorage.getItem("note");
  sessionStorage.removeItem("note");
  return note ?? "";
}

export const lastUser = () => localStorage.getItem("last-user") ?? "";

/** A list of ids that this browser keeps for the signed-in user. The id that was added last is the first. */
export function remembered(name) {
  const key = () => `${name}:${session.userId}`;
  const all = () => JSON.parse(localStorage.getItem(key()) ?? "[]");
  const keep = (ids) => localStorage.setItem(key(), JSON.stringify(ids.slice(0, 200)));
  return {
    all,
    has: (id) => all().includes(id),
    add: (id) => keep([id, ...all().filter((other) => other !== id)]),
    remove: (id) => keep(all().filter((other) => other !== id)),
  };
}

export const friends = remembered("friends");
export const partners = remembered("dialogs");
export const ownPosts = remembered("posts");
