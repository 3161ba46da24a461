// The live feed: a WebSocket that is connected again whenever it ends, and goes on after the last post it brought.

const LONGEST_PAUSE_MS = 20000;
const HANDSHAKE_MS = 10000;
const LASTING_MS = 5000; // a connection that ends sooner counts as a failure
const VIOLATED_POLICY = 1008; // the close code for an expired token, and for other reasons

export class Live {
  #token;
  #on;
  #socket = null;
  #last = null; // the id of the post that came last
  #failures = 0;
  #timer = 0;

  /**
   * `on` has four functions. post(event) gets each new post, and state(word) each new state of the connection. begun()
   * is called when a connection opens without `after`, so posts may be missing. refused() is called when the service
   * may have refused the token; it resolves to true if the service answers another request.
   */
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
    let opened = 0;
    socket.onopen = () => {
      clearTimeout(tooLong);
      opened = Date.now();
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
    socket.onclose = ({ code }) => {
      clearTimeout(tooLong);
      this.#socket = null;
      this.#failures = opened && Date.now() - opened > LASTING_MS ? 0 : this.#failures + 1;
      if (code === VIOLATED_POLICY) {
        this.#on.refused();
      }
      this.#again();
    };
  }

  #again() {
    this.#on.state(navigator.onLine ? "reconnecting" : "offline");
    if (this.#failures && this.#failures % 3 === 0) {
      // If the service answers another request, perhaps it refuses the post in `after`. Then connect without `after`.
      this.#on.refused().then((answers) => { this.#last = answers ? null : this.#last; });
    }
    // The pause is random, so that not all clients of a stopped machine connect again at the same moment.
    const pause = Math.min(LONGEST_PAUSE_MS, 500 * 2 ** this.#failures) * (0.5 + Math.random());
    this.#timer = setTimeout(() => this.#connect(), pause);
  }
}
