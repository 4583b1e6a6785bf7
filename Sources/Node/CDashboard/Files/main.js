// Puts the page together.

const cards = new NodeCards(part("nodes"));
const eventList = new EventList(part("events"));

const connection = new Connection({
  snapshot(told) {
    const snapshot = { ...told, nodes: present(told.nodes) };
    part("waiting").hidden = true;
    showSummary(snapshot);
    cards.show(snapshot);
    showDoctor(snapshot.nodes);
    showRedis(snapshot.redis);
    finder.look();
  },
  event(event) {
    eventList.add(event);
  },
  changed(state, node) {
    const pill = part("connection");
    const texts = {
      live: `live from ${node}`,
      waiting: node ? `asking ${node}` : "connecting",
      lost: "no node answers",
    };
    pill.dataset.state = state;
    say(pill, texts[state]);
    document.body.classList.toggle("stale", state !== "live");
  },
});

const finder = new Finder(connection, cards);
// The address names the cart that is looked for, so it must not name the place to go on at.
document.querySelector(".skip").addEventListener("click", (click) => {
  click.preventDefault();
  part("id").focus();
});

connection.run();
