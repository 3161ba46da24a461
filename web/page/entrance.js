// Registering and signing in.
import { post } from "./api.js";
import { byId, onSubmit } from "./dom.js";
import { begin, lastUser, takeNote } from "./session.js";

export function start(entered) {
  byId("sign-in").elements.id.value = lastUser();
  byId("entrance-note").textContent = takeNote();
  onSubmit(byId("sign-in"), async ({ id, password }) => {
    await signIn(id.trim(), password);
    entered({ registered: false });
  });
  onSubmit(byId("register"), async (fields) => {
    const { value } = await post("/user/register", fields);
    await signIn(value.user_id, fields.password);
    entered({ registered: true });
  });
}

async function signIn(id, password) {
  const { value } = await post("/login", { id, password });
  begin(id, value.token);
}
