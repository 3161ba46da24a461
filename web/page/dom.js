// What the views share. Whatever came from the service is shown as text, never as markup.

export const byId = (id) => document.getElementById(id);

/** A copy of the first element of a template. */
export function copyOf(templateId) {
  return byId(templateId).content.firstElementChild.cloneNode(true);
}

export function button(text, action) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "quiet";
  made.textContent = text;
  made.addEventListener("click", action);
  return made;
}

/** Shows in `place` what went wrong, with the request's id, which is in the logs. Without an error, empties `place`. */
export function tell(place, error) {
  place.replaceChildren();
  if (error) {
    const id = document.createElement("small");
    id.textContent = error.requestId ? `Request ${error.requestId}` : "";
    place.append(`${capital(error.message)} `, id);
  }
}

/** Runs `work` with `element` marked as busy. Shows a failure in `place`. Resolves to true if `work` succeeded. */
export async function busily(element, place, work) {
  element.setAttribute("aria-busy", "true");
  const buttons = element.matches("button") ? [element] : [...element.querySelectorAll("button")];
  buttons.forEach((one) => { one.disabled = true; });
  tell(place, null);
  try {
    await work();
    return true;
  } catch (error) {
    tell(place, error);
    return false;
  } finally {
    element.removeAttribute("aria-busy");
    buttons.forEach((one) => { one.disabled = false; });
  }
}

/** Passes the fields of a submitted form to `work`. With `emptied`, the form is emptied after `work` has succeeded. */
export function onSubmit(form, work, { emptied = false } = {}) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(form));
    if (await busily(form, form.querySelector(".trouble"), () => work(fields)) && emptied) {
      form.reset();
    }
  });
  form.querySelector("textarea")?.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      form.requestSubmit();
    }
  });
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");
}
