// The page's way to the cluster: a stream from one node, and from another one when that node falls silent.

/** The longest silence of a stream, milliseconds: a node sends once a second. */
const silenceLimit = 3000;
/** The longest wait for a node to begin to answer, milliseconds. */
const answerLimit = 1500;
/** The longest pause after nobody answered, milliseconds. */
const longestPause = 2000;

class Connection {
  /** Listens with `snapshot(state)`, `event(event)`, and `changed(state, node)` when the source changes. */
  constructor(listener) {
    this.listener = listener;
    this.origin = location.origin;
    this.others = [];
    this.token = sessionStorage.getItem("token");
  }

  /**
   * Asks a node. The only place at which a request gets its token: the node that the page came from, as the operator
   * named it. The addresses of the others come from Redis, and get a pass that reads one node alone.
   */
  request(origin, path, options = {}) {
    const secret = origin === location.origin ? this.token : this.others.find((other) => other.origin === origin)?.pass;
    const headers = secret ? { Authorization: `Bearer ${secret}` } : {};
    return fetch(origin + path, { ...options, headers, cache: "no-store", credentials: "omit" });
  }

  /** Asks the node in use for JSON. */
  async get(path) {
    const answer = await this.request(this.origin, path, { signal: AbortSignal.timeout(silenceLimit) });
    return { status: answer.status, body: await answer.json() };
  }

  /** Streams from one node after the other, for ever. */
  async run() {
    let pause = 250;
    for (;;) {
      let answered = false;
      for (const origin of this.candidates()) {
        this.listener.changed("waiting", this.nameOf(origin));
        const outcome = await this.stream(origin);
        if (outcome === "asked") {
          await this.askForToken();
          answered = true;
          break;
        }
        if (outcome === "streamed") {
          // Its node is leaving, or has died: the others come first now.
          answered = true;
          break;
        }
      }
      if (answered) {
        pause = 250;
      } else {
        this.listener.changed("lost");
        await new Promise((resume) => setTimeout(resume, pause));
        pause = Math.min(longestPause, pause * 2);
      }
    }
  }

  /** The nodes to ask, in order: those that may serve, and last the one that has just ended. */
  candidates() {
    const others = this.others.map((other) => other.origin).filter((origin) => origin !== this.origin);
    const origins = this.hasStreamed ? [...others, this.origin] : [this.origin, ...others];
    return [...new Set([...origins, location.origin])];
  }

  nameOf(origin) {
    return this.others.find((other) => other.origin === origin)?.name ?? "";
  }

  /** Learns from a snapshot where the others are: those that are ready first. */
  learn(snapshot) {
    const fitness = (node) => (node.said && node.said.notReady.length === 0 && !node.silence ? 0 : 1);
    const found = snapshot.nodes.filter((node) => node.operations).sort((a, b) => fitness(a) - fitness(b))
      .map((node) => ({ name: node.name, origin: `http://${node.operations}`, pass: node.pass }));
    // Those that have ended may come again at their addresses.
    const present = new Set(found.map((other) => other.origin));
    this.others = [...found, ...this.others.filter((other) => !present.has(other.origin))].slice(0, 16);
  }

  /** Streams from a node until it ends: "streamed" if it said anything, "asked" if it wants the token. */
  async stream(origin) {
    const abort = new AbortController();
    let timer = setTimeout(() => abort.abort(), answerLimit);
    let streamed = false;
    try {
      const answer = await this.request(origin, "/events", { signal: abort.signal });
      // Another node's answer is no reason to ask: it would not get the token.
      if (answer.status === 401 && origin === location.origin) return "asked";
      if (!answer.ok) {
        // Said where the page has nothing else to show yet.
        if (!this.hasStreamed) say(part("waiting"), (await answer.json()).detail ?? `The node answers ${answer.status}.`);
        return "refused";
      }
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        clearTimeout(timer);
        timer = setTimeout(() => abort.abort(), silenceLimit);
        text += value;
        const blocks = text.split("\n\n");
        text = blocks.pop();
        for (const block of blocks) {
          const name = this.take(block, origin);
          streamed ||= name === "snapshot";
          if (name === "end") {
            abort.abort();
            return "streamed";
          }
        }
      }
    } catch {
      // It is away, silent, or no node that this page may ask. The next one is asked.
    } finally {
      clearTimeout(timer);
    }
    return streamed ? "streamed" : "failed";
  }

  /** Takes one event in, and returns its name. */
  take(block, origin) {
    const fields = block.split("\n");
    const value = (name) => fields.find((field) => field.startsWith(`${name}: `))?.slice(name.length + 2);
    const name = value("event");
    if (name === "snapshot") {
      const snapshot = JSON.parse(value("data"));
      this.origin = origin;
      this.hasStreamed = true;
      this.learn(snapshot);
      this.listener.changed("live", snapshot.from);
      this.listener.snapshot(snapshot);
    } else if (name === "event") {
      this.listener.event(JSON.parse(value("data")));
    }
    return name;
  }

  /** Asks the operator for the token, which stays in this tab. */
  askForToken() {
    const dialog = part("token");
    const secret = part("secret");
    if (this.token) say(part("token-note"), "The cluster does not know this token. Try another one.");
    secret.value = "";
    dialog.showModal();
    return new Promise((resume) => {
      dialog.querySelector("form").onsubmit = (submission) => {
        submission.preventDefault();
        this.token = secret.value;
        sessionStorage.setItem("token", this.token);
        dialog.close();
        resume();
      };
      dialog.oncancel = (cancellation) => cancellation.preventDefault();
    });
  }
}
