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

/** Says in the nearest place for it what went wrong, with the id that finds it in the logs. */
export function tell(place, error) {
  place.replaceChildren();
  if (error) {
    const id = document.createElement("small");
    id.textContent = error.requestId ? `Request ${error.requestId}` : "";
    place.append(`${capital(error.message)} `, id);
  }
}

/** Runs the work with its element marked as busy; a failure is told in `place`. Resolves to whether it went well. */
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

/** The form's fields go to the work; a form that went well is emptied when it may be. */
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
