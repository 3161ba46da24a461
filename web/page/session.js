// Who is signed in, in this tab; and what this browser knows of that user, since the service lists neither friends nor own posts.

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

/** A list of ids of the signed-in user, the latest first, kept in this browser. */
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
