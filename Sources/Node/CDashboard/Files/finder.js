// The cart finder: where a cart is, asked once a second while it is looked for, and oftener while no node serves it.

/** The most lines of what was seen. */
const movesLimit = 12;
/** The pause between two looks while the cart waits for its next owner, milliseconds. */
const shortPause = 300;
/** The time after the last change for which looks are that frequent, milliseconds: some carts wait for days. */
const attention = 60000;

class Finder {
  constructor(connection, cards) {
    this.connection = connection;
    this.cards = cards;
    this.id = "";
    this.moves = [];
    const form = part("find");
    form.addEventListener("submit", (submission) => {
      submission.preventDefault();
      location.hash = part("id").value ? `cart=${encodeURIComponent(part("id").value.trim())}` : "";
    });
    addEventListener("hashchange", () => this.begin());
    this.begin();
  }

  /** Looks for the cart that the address names, so that a link to this page can name one. */
  begin() {
    const wanted = new URLSearchParams(location.hash.slice(1)).get("cart") ?? "";
    if (wanted === this.id) return;
    this.id = wanted;
    this.moves = [];
    this.former = undefined;
    this.waits = false;
    part("id").value = wanted;
    part("found").hidden = !wanted;
    part("moves").hidden = true;
    say(part("where"), wanted ? "Looking …" : "");
    say(part("wait"), "");
    fill(part("facts"), []);
    this.cards.place(null);
    this.look();
  }

  async look() {
    const { id } = this;
    if (!id || this.isLooking) return;
    clearTimeout(this.next);
    this.isLooking = true;
    try {
      const { status, body } = await this.connection.get(`/carts/${encodeURIComponent(id)}`);
      if (id === this.id) this.show(status, body);
    } catch {
      // The node is away: the stream finds another one, and the next look asks that.
    } finally {
      this.isLooking = false;
    }
    if (id !== this.id) {
      this.look();
    } else if (this.waits && Date.now() - this.changedAt < attention) {
      this.next = setTimeout(() => this.look(), shortPause);
    }
  }

  show(status, finding) {
    const where = part("where");
    this.waits = false;
    if (status !== 200) {
      if (status === 401) return;
      const isBadID = status === 400 || status === 422;
      where.dataset.tone = "bad";
      say(where, isBadID ? finding.detail : "Nobody can look it up now.");
      say(part("wait"), isBadID ? "" : finding.detail ?? "");
      fill(part("facts"), []);
      this.cards.place(null);
      return;
    }
    const { record, owner } = finding;
    const [text, tone, node] = sentence(finding);
    where.dataset.tone = tone;
    say(where, text);
    say(part("wait"), patience(owner));
    fill(part("facts"), record ? [
      ["state", record.state],
      ["version", record.version === null || record.version === undefined ? unknown : String(record.version)],
      ["size in Redis", bytes(record.bytes)],
      ["owner since", record.ownedSince && owner ? time(record.ownedSince) : unknown],
      ["Redis keeps it for", known(record.expiresIn) ? duration(record.expiresIn) : unknown],
      ["looked up by", finding.seenBy],
    ] : []);
    this.cards.place(node, this.id);
    this.waits = Boolean(record) && owner?.condition !== "alive";
    this.note(finding, tone);
  }

  /** Notes what is new since the last look. */
  note(finding, tone) {
    const { record, owner } = finding;
    const key = JSON.stringify([owner?.session, owner?.condition, record?.state]);
    if (key === this.former) return;
    this.former = key;
    this.changedAt = Date.now();
    this.moves.unshift({ at: Date.now(), text: shortly(finding), tone });
    this.moves = this.moves.slice(0, movesLimit);
    part("moves").hidden = false;
    part("moves").querySelector("ol").replaceChildren(...this.moves.map((move) => element(
      "li",
      { "data-tone": move.tone },
      element("time", { datetime: new Date(move.at).toISOString() }, time(move.at)),
      element("span", {}, move.text),
    )));
  }
}

/** Where the cart is, in a sentence; its colour; and the node on whose card it belongs. */
function sentence({ id, record, owner }) {
  if (!record) return [`Redis has no cart ${id}.`, "muted", null];
  if (!owner) return ["It is in no node’s memory. The next request restores it.", "muted", null];
  const name = owner.name ?? `session ${owner.session.slice(0, 8)}`;
  switch (owner.condition) {
    case "alive": return [`It lives on ${name}.`, "good", owner.name];
    case "draining": return [`It lives on ${name}, which is leaving and will release it.`, "warn", owner.name];
    case "silent": return [`Its owner ${name} is silent.`, "bad", owner.name];
    case "dead": return [`Its owner ${name} died. The next request restores it on the node that is asked.`, "bad", null];
    default: return [`Its owner ${name} is not in the membership.`, "bad", null];
  }
}

/** What there is to wait for. It counts, so it is no part of the sentence that screen readers say. */
function patience(owner) {
  const { condition, silence } = owner ?? {};
  if (condition === "unknown") return "It is called dead after a lease, once somebody asks for the cart.";
  if (condition !== "silent") return "";
  return silence
    ? `No heartbeat for ${running(silence.lasted)}. If it stays silent, another node may take the cart over in ${running(silence.left)}.`
    : "Its session is over.";
}

/** The same in a few words that stay true, for the list of what was seen. */
function shortly({ record, owner }) {
  if (!record) return "no such cart";
  const state = record.state === "open" ? "" : ` · ${record.state}`;
  if (!owner) return `released${state}`;
  const name = owner.name ?? `session ${owner.session.slice(0, 8)}`;
  const words = {
    alive: `on ${name}`, draining: `on ${name}, which is leaving`, silent: `${name} fell silent`,
    dead: `${name} died: waits for a request`,
  };
  return (words[owner.condition] ?? `${name} is unknown`) + state;
}
