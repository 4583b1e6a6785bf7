// What the nodes' doctors found to mend, each thing once.

/** The most findings that are shown. */
const findingLimit = 20;

/** Joins what several nodes found: the numbers in a text may differ from one to the other. */
function findings(told) {
  const found = new Map();
  for (const node of told) {
    for (const finding of node.said.doctor) {
      const key = JSON.stringify([finding.level, finding.check, finding.what.replace(/\d+(\.\d+)?/g, "#")]);
      const entry = found.get(key) ?? { finding, tellers: new Set() };
      entry.tellers.add(node.name);
      found.set(key, entry);
    }
  }
  // A node tells the gravest first; among several nodes the errors come first too.
  const all = [...found.values()];
  const isError = ({ finding }) => finding.level === "error";
  return [...all.filter(isError), ...all.filter((other) => !isError(other))];
}

function showDoctor(nodes) {
  const told = nodes.filter((node) => node.said?.doctor);
  const found = findings(told);
  const errors = found.filter(({ finding }) => finding.level === "error").length;
  const warnings = found.length - errors;
  const words = (number, noun) => (number > 0 ? [`${number} ${noun}${number === 1 ? "" : "s"}`] : []);
  const state = part("doctor-state");
  say(state, [...words(errors, "error"), ...words(warnings, "warning")].join(", "));
  state.dataset.tone = errors > 0 ? "bad" : "warn";
  const note = part("doctor-note");
  say(note, told.length > 0 ? "Nothing to mend." : "No node has told yet what its doctor found.");
  note.hidden = found.length > 0;
  const shown = found.slice(0, findingLimit).map(({ finding, tellers }) => ({ finding, by: [...tellers].sort().join(", ") }));
  const list = part("findings");
  const key = JSON.stringify(shown);
  if (list.dataset.shown === key) return;
  list.dataset.shown = key;
  list.hidden = shown.length === 0;
  list.replaceChildren(...shown.map(({ finding, by }) => element(
    "li",
    { "data-tone": finding.level === "error" ? "bad" : "warn" },
    element("span", { class: "badge", "data-tone": finding.level === "error" ? "bad" : "warn" }, finding.level),
    element(
      "div",
      { class: "what" },
      element("p", {}, finding.what),
      ...(finding.mend ? [element("p", {}, finding.mend)] : []),
      element("small", {}, `found by ${by} · ${finding.link}`),
    ),
  )));
}
