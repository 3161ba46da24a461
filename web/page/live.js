// The live feed: a WebSocket that is connected again whenever it ends, and goes on after the last post it brought.

const LONGEST_PAUSE_MS = 20000;
const HANDSHAKE_MS = 10000;

export class Live {
  #token;
  #on;
  #socket = null;
  #last = null; // the post that came last
  #failures = 0;
  #timer = 0;

  /** `on`: post(event), state(word), begun() when posts may be missing, refused() when handshakes fail again and again. */
  constructor(token, on) {
    this.#token = token;
    this.#on = on;
    addEventListener("online", () => this.#now());
    addEventListener("offline", () => this.#on.state("offline"));
    document.addEventListener("visibilitychange", () => !document.hidden && this.#now());
    this.#connect();
  }

  /** Ends a connection that seems to bring nothing any more, and makes another. */
  restart() {
    this.#socket?.close();
  }

  #now() {
    if (!this.#socket) {
      clearTimeout(this.#timer);
      this.#connect();
    }
  }

  #connect() {
    const url = new URL("/post/feed/posted", location.href);
    url.protocol = url.protocol.replace("http", "ws");
    url.searchParams.set("access_token", this.#token);
    if (this.#last) {
      url.searchParams.set("after", this.#last);
    }
    const socket = new WebSocket(url);
    const tooLong = setTimeout(() => socket.close(), HANDSHAKE_MS);
    this.#socket = socket;
    let opened = false;
    socket.onopen = () => {
      clearTimeout(tooLong);
      opened = true;
      this.#failures = 0;
      this.#on.state("live");
      if (!this.#last) {
        this.#on.begun();
      }
    };
    socket.onmessage = ({ data }) => {
      const event = JSON.parse(data);
      this.#last = event.postId;
      this.#on.post(event);
    };
    socket.onclose = () => {
      clearTimeout(tooLong);
      this.#socket = null;
      this.#again(opened);
    };
  }

  #again(opened) {
    this.#failures += opened ? 0 : 1;
    this.#on.state(navigator.onLine ? "reconnecting" : "offline");
    if (this.#failures && this.#failures % 3 === 0) {
      this.#last = null; // perhaps it is what the service refuses
      this.#on.refused();
    }
    // Not all clients of a machine that stopped at the same moment.
    const pause = Math.min(LONGEST_PAUSE_MS, 500 * 2 ** this.#failures) * (0.5 + Math.random());
    this.#timer = setTimeout(() => this.#connect(), pause);
  }
}
