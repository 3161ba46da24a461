// The view “My posts”: the posts that one has written in this browser, and any post that one opens by its id.
import { get, put } from "./api.js";
import { busily, button, byId, copyOf, onSubmit } from "./dom.js";
import { ownPosts, session } from "./session.js";
import { introduce } from "./users.js";

const list = byId("posts-list");

export function start() {
  onSubmit(byId("open-post"), open, { emptied: true });
}

export async function show() {
  const ids = ownPosts.all();
  byId("posts-state").textContent = ids.length ? "Loading …" : "You have written nothing in this browser yet.";
  const found = await Promise.all(ids.map(fetchOwn));
  list.replaceChildren(...found.filter(Boolean).map(item));
  byId("posts-state").textContent = list.children.length ? "" : "You have written nothing in this browser yet.";
}

async function fetchOwn(id) {
  try {
    return (await get(`/post/get/${id}`)).value;
  } catch (error) {
    if (error.status === 404) {
      ownPosts.remove(id);
    }
    return null;
  }
}

async function open({ id }) {
  const { value: found } = await get(`/post/get/${encodeURIComponent(id.trim())}`);
  list.querySelector(`[data-id="${CSS.escape(found.id)}"]`)?.remove();
  list.prepend(item(found));
}

function item(one) {
  const made = copyOf("post");
  made.dataset.id = one.id;
  made.querySelector(".text").textContent = one.text;
  introduce(made, one.author_user_id);
  if (one.author_user_id === session.userId) {
    made.querySelector(".actions").append(button("Edit", () => edit(made, one)), button("Delete", (event) => remove(event.currentTarget, made, one)));
  }
  return made;
}

function edit(made, one) {
  if (made.querySelector("form")) {
    return;
  }
  const form = copyOf("edit");
  const text = made.querySelector(".text");
  const close = () => {
    form.remove();
    text.hidden = false;
  };
  form.elements.text.value = one.text;
  form.querySelector(".cancel").addEventListener("click", close);
  onSubmit(form, async (fields) => {
    await put("/post/update", { id: one.id, text: fields.text });
    one.text = fields.text;
    text.textContent = fields.text;
    close();
  });
  text.hidden = true;
  text.after(form);
  form.elements.text.focus();
}

async function remove(pressed, made, one) {
  if (pressed.dataset.sure !== "yes") {
    pressed.dataset.sure = "yes";
    pressed.textContent = "Really delete?";
    return;
  }
  if (await busily(pressed, made.querySelector(".trouble"), () => put(`/post/delete/${one.id}`))) {
    ownPosts.remove(one.id);
    made.remove();
  }
}
