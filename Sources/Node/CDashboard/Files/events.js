// What happens, newest first. What several nodes tell of one event is one line.

/** The most lines. */
const eventLimit = 100;
/** The time within which nodes tell of the same event, milliseconds. */
const sameEvent = 10000;

/** What a kind of event says, and its colour. `node` is the telling one. */
const eventTexts = {
  ready: ({ node }) => [`${node} is ready`, "good"],
  not_ready: ({ node }) => [`${node} is not ready`, "bad"],
  drain_began: ({ node, carts: number }) => [`${node} drains: ${carts(number)} to hand over`, "warn"],
  drained: ({ node }) => [`${node} has handed over all its carts`, "good"],
  session_lost: ({ node, carts: number }) => [`${node} lost its session and dropped ${carts(number)} from memory`, "bad"],
  takeover: ({ node, carts: number }) => [`${node} took over ${carts(number)} of dead nodes`, "warn"],
  swept: ({ node, carts: number }) => [`${node} compared ${carts(number)} with Redis`, "good"],
  sweep_abandoned: ({ node }) => [`${node} gave a sweep up`, "warn"],
  generation_changed: () => ["Redis may have lost data", "bad"],
  redis_trouble: () => ["Redis is in trouble", "bad"],
  redis_back: () => ["Redis answers again", "good"],
  joined: ({ subject }) => [`${subject} joined`, "good"],
  draining: ({ subject }) => [`${subject} is leaving`, "warn"],
  left: ({ subject }) => [`${subject} has left`, "muted"],
  died: ({ subject, carts: number }) => [
    known(number)
      ? `${subject} died: ${carts(number)} will be restored when asked for`
      : `${subject} died: its carts will be restored when asked for`,
    "bad",
  ],
};

/** Those that happen to the cluster and not to the telling node. */
const sharedKinds = new Set(["generation_changed", "redis_trouble", "redis_back", "joined", "draining", "left", "died"]);

class EventList {
  constructor(list) {
    this.list = list;
    this.known = new Set();
    this.rows = [];
  }

  add(event) {
    const name = `${event.process} ${event.number}`;
    if (this.known.has(name)) return;
    this.known.add(name);
    const same = this.rows.find((row) => row.event.kind === event.kind && row.event.subject === event.subject
      && sharedKinds.has(event.kind) && Math.abs(row.event.at - event.at) < sameEvent);
    if (same) {
      same.tellers.add(event.node);
      if (!known(same.event.carts)) same.event.carts = event.carts;
      this.fill(same);
      return;
    }
    const row = { event, tellers: new Set([event.node]), root: element("li") };
    this.rows.push(row);
    this.rows.sort((a, b) => b.event.at - a.event.at);
    this.fill(row);
    const next = this.rows[this.rows.indexOf(row) + 1];
    this.list.insertBefore(row.root, next ? next.root : null);
    if (this.rows.length > eventLimit) this.rows.pop().root.remove();
    part("quiet").hidden = true;
  }

  fill({ event, tellers, root }) {
    const [text, tone] = eventTexts[event.kind]?.(event) ?? [`${event.node}: ${event.kind}`, "muted"];
    root.dataset.tone = tone;
    const more = [];
    if (event.detail) more.push(event.detail);
    if (sharedKinds.has(event.kind)) more.push(`seen by ${[...tellers].sort().join(", ")}`);
    root.replaceChildren(
      element("time", { datetime: new Date(event.at).toISOString() }, time(event.at)),
      element("span", { class: "what" }, text, ...(more.length > 0 ? [element("small", {}, more.join(" · "))] : [])),
    );
  }
}
