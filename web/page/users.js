// Users by id, each asked for once, and how they are shown.
import { get } from "./api.js";

const known = new Map();

export function know(user) {
  known.set(user.id, Promise.resolve(user));
}

export function user(id) {
  if (!known.has(id)) {
    const asked = get(`/user/get/${id}`).then(({ value }) => value);
    asked.catch(() => known.delete(id));
    known.set(id, asked);
  }
  return known.get(id);
}

export const nameOf = ({ first_name: first, second_name: second }) => `${first} ${second}`;

/** Fills .name and .avatar of an element, at once or when the user is known. */
export async function introduce(element, id) {
  const avatar = element.querySelector(".avatar");
  const name = element.querySelector(".name");
  avatar.classList.add(`hue-${Number.parseInt(id.slice(-2), 16) % 8}`);
  name.textContent = "…";
  try {
    const found = await user(id);
    name.textContent = nameOf(found);
    avatar.textContent = initial(found.first_name) + initial(found.second_name);
  } catch {
    name.textContent = id;
  }
}

const initial = (name) => String.fromCodePoint(name.codePointAt(0)).toUpperCase();
