// The nodes, a card each.

/** The number of points of the small chart: one a second. */
const chartLength = 60;
/** The time for which a node that has ended is still shown, milliseconds. */
const goneLimit = 60000;

const chip = element("span", { class: "chip", id: "chip" }, glyph(), element("span"));

class NodeCards {
  constructor(list) {
    this.list = list;
    this.cards = new Map();
  }

  /** Shows the nodes of a snapshot, and for a while those that have ended. */
  show(snapshot) {
    const now = Date.now();
    for (const node of snapshot.nodes) {
      const card = this.cards.get(node.name) ?? this.add(node.name);
      card.seen = now;
      card.show(node, snapshot.from);
    }
    for (const [name, card] of this.cards) {
      if (card.seen === now) continue;
      card.showGone();
      if (now - card.seen > goneLimit) {
        card.root.remove();
        this.cards.delete(name);
      }
    }
  }

  add(name) {
    const card = new NodeCard(name);
    this.cards.set(name, card);
    // By name, as people look for them.
    const next = [...this.cards.keys()].filter((other) => other > name).sort()[0];
    this.list.insertBefore(card.root, next ? this.cards.get(next).root : null);
    return card;
  }

  /** Puts the cart that is looked for on its node's card; null takes it away. */
  place(name, id) {
    const card = name ? this.cards.get(name) : undefined;
    for (const other of this.cards.values()) other.root.classList.toggle("owner", other === card);
    if (!card) {
      chip.remove();
      return;
    }
    say(chip.lastElementChild, id);
    if (chip.parentElement === card.seat) return;
    const from = chip.isConnected ? chip.getBoundingClientRect() : null;
    card.seat.append(chip);
    glide(chip, from);
  }
}

class NodeCard {
  constructor(name) {
    this.name = element("h3", {}, name);
    this.badge = element("span", { class: "badge" });
    this.version = element("p", { class: "note" });
    this.leaseText = element("span");
    this.lease = element(
      "div",
      { class: "track", role: "meter", "aria-label": `Lease of ${name}`, "aria-valuemin": 0, "aria-valuemax": 100 },
      element("i"),
    );
    this.numbers = element("dl", { class: "numbers" });
    this.chart = new Chart();
    this.seat = element("div", { class: "seat" });
    this.problems = element("ul", { class: "warnings" });
    this.root = element(
      "li",
      { class: "panel node" },
      element("div", { class: "head" }, this.name, this.badge),
      this.version,
      element("div", { class: "gauge" }, element("div", { class: "line" }, element("span", {}, "Lease left"), this.leaseText), this.lease),
      this.numbers,
      this.chart.root,
      this.problems,
      this.seat,
    );
  }

  show(node, from) {
    const { said } = node;
    const rates = said?.rates ?? {};
    const [word, tone] = condition(node);
    this.badgeAs(word, tone);
    say(this.version, `${node.build || "an older build"} · session ${node.session.slice(0, 8)}${node.name === from ? " · tells this" : ""}`);
    this.version.title = `session ${node.session}${node.operations ? `, operations port ${node.operations}` : ""}`;
    const lease = said?.lease;
    say(this.leaseText, lease ? `${running(lease.left)} of ${duration(lease.length)}` : unknown);
    bar(this.lease, lease && lease.length > 0 ? lease.left / lease.length : 0, this.leaseText.textContent);
    this.lease.dataset.tone = !lease || lease.left < lease.length / 2 ? "warn" : "good";
    fill(this.numbers, [
      ["live carts", count(said?.carts.live)],
      ["requests/s", rate(rates.requests)],
      ["commits/s", rate(rates.commits)],
      ["p99", rates.p99 ? `≤ ${duration(rates.p99)}` : unknown],
      ["restores/s", rate(rates.restores)],
      ["at work", count(said?.carts.busy)],
    ]);
    this.chart.push(rates.requests);
    lines(this.problems, problems(node));
  }

  showGone() {
    this.badgeAs("gone", "muted");
    this.chart.push(null);
    say(this.leaseText, unknown);
    bar(this.lease, 0, "no session");
    lines(this.problems, []);
  }

  badgeAs(word, tone) {
    say(this.badge, word);
    this.badge.dataset.tone = tone;
    this.root.dataset.tone = tone;
  }
}

/** The nodes without the sessions that those which live on have left behind. */
function present(nodes) {
  const succeeds = (other, node) => node.said?.session === other.session && other.said?.session !== node.session;
  return nodes.filter((node) => !nodes.some((other) => other !== node && other.name === node.name
    && !other.silence && (node.silence || succeeds(other, node))));
}

/** A node's state in a word, and its colour. */
function condition(node) {
  if (node.silence) return ["silent", "bad"];
  if (node.condition === "draining") return ["draining", "warn"];
  if (!node.said) return ["no details", "warn"];
  return node.said.notReady.length > 0 ? ["not ready", "bad"] : ["ready", "good"];
}

/** What an operator should know of a node. */
function problems(node) {
  if (node.silence) {
    const { lasted, left } = node.silence;
    return [`No heartbeat for ${running(lasted)}. If it stays silent, its carts may be taken over in ${running(left)}.`];
  }
  if (!node.said) {
    return [node.operations
      ? `This node gets no answer from it at its operations port ${node.operations}.`
      : "Its build does not say where its operations port is."];
  }
  return [...node.said.notReady, ...node.said.warnings];
}

/** The requests of the last minute as a line, without numbers: those stand above it. */
class Chart {
  constructor() {
    const space = "http://www.w3.org/2000/svg";
    this.root = document.createElementNS(space, "svg");
    this.area = document.createElementNS(space, "path");
    this.line = document.createElementNS(space, "path");
    this.root.setAttribute("class", "chart");
    this.root.setAttribute("viewBox", "0 0 120 28");
    this.root.setAttribute("preserveAspectRatio", "none");
    this.root.setAttribute("aria-hidden", "true");
    this.area.setAttribute("class", "area");
    this.root.append(this.area, this.line);
    this.points = [];
  }

  push(value) {
    this.points.push(known(value) ? value : null);
    if (this.points.length > chartLength) this.points.shift();
    const top = Math.max(1, ...this.points);
    const step = 120 / (chartLength - 1);
    const start = chartLength - this.points.length;
    const path = this.points.map((point, at) => `${((start + at) * step).toFixed(1)} ${(26 - ((point ?? 0) / top) * 23).toFixed(1)}`);
    const drawn = this.points.length > 1 && this.points.some((point) => point !== null);
    this.line.setAttribute("d", drawn ? `M${path.join("L")}` : "");
    this.area.setAttribute("d", drawn ? `M${(start * step).toFixed(1)} 28L${path.join("L")}L120 28Z` : "");
  }
}
