// Requests to the service. A request is repeated if it got no answer, or a status that asks for a retry. A repeated
// POST has the same Idempotency-Key, so the service stores it only once.
import { end, session } from "./session.js";

const PAUSES_MS = [300, 1000, 3000];
const AGAIN = [429, 502, 503, 504];
const LONGEST_MS = 45000; // nginx waits 36 s for a node that hangs on a write. Then another node answers.

export class ApiError extends Error {
  constructor(message, status, requestId) {
    super(message);
    this.status = status;
    this.requestId = requestId;
  }
}

/** Resolves to {value, headers}; rejects with an ApiError whose message can be shown. */
export async function call(method, path, body, query) {
  const request = { method, headers: { Accept: "application/json" } };
  if (session.token) {
    request.headers.Authorization = `Bearer ${session.token}`;
  }
  if (body !== undefined) {
    request.headers["Content-Type"] = "application/json";
    request.body = JSON.stringify(body);
  }
  if (method === "POST") {
    request.headers["Idempotency-Key"] = newKey();
  }
  const url = query ? `${path}?${new URLSearchParams(query)}` : path;
  for (let tries = 0; ; tries++) {
    const answer = await attempt(url, request);
    const last = tries === PAUSES_MS.length;
    if (answer && (last || !AGAIN.includes(answer.status))) {
      return read(answer);
    }
    if (last) {
      throw new ApiError("The service can't be reached. Check your network.", 0, "");
    }
    const asked = Number(answer?.headers.get("Retry-After") ?? 0) * 1000;
    await pause(Math.max(asked, PAUSES_MS[tries]) * (1 + Math.random() / 4));
  }
}

export const get = (path, query) => call("GET", path, undefined, query);
export const put = (path, body) => call("PUT", path, body);
export const post = (path, body) => call("POST", path, body);

async function attempt(url, request) {
  try {
    // Only the answers to searches have an ETag. The browser keeps them, and asks each time if they are still valid.
    const cache = new URL(url, location.href).pathname === "/user/search" ? "default" : "no-store";
    const answer = await fetch(url, { ...request, cache, signal: AbortSignal.timeout(LONGEST_MS) });
    const { ok, status, headers } = answer;
    return { ok, status, headers, text: await answer.text() };
  } catch {
    return null; // no answer, or not a whole one: refused, cut or too late
  }
}

function read(answer) {
  const { text } = answer;
  if (answer.ok) {
    return { value: text ? JSON.parse(text) : null, headers: answer.headers };
  }
  const { message = `The service answered ${answer.status}.`, request_id: requestId = answer.headers.get("X-Request-Id") } = parsed(text);
  if (answer.status === 401 && session.token) {
    end("Your session has ended. Sign in again.");
  }
  throw new ApiError(message, answer.status, requestId);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** Not crypto.randomUUID(), which a page without TLS doesn't have. */
function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function pause(ms) {
  return new Promise((resolve) => { setTimeout(resolve, ms); });
}
