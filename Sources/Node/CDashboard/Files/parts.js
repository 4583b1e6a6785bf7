// Small parts of the document. Texts are set as text: nothing that a node says is read as HTML.

const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");

const part = (id) => document.getElementById(id);

/** An element with its attributes and children. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/** The cart's sign. */
function glyph() {
  const space = "http://www.w3.org/2000/svg";
  const sign = document.createElementNS(space, "svg");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", "#cart");
  sign.setAttribute("class", "glyph");
  sign.setAttribute("aria-hidden", "true");
  sign.append(use);
  return sign;
}

/** Sets a text only where it changed, so that selections stay and screen readers say nothing twice. */
function say(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** Fills a list of terms: pairs of a name and a text, and maybe a class. */
function fill(list, facts) {
  const names = facts.map(([name]) => name).join("\n");
  if (list.dataset.names !== names) {
    list.dataset.names = names;
    list.replaceChildren(
      ...facts.map(([name]) => element("div", {}, element("dt", {}, name), element("dd"))),
    );
  }
  facts.forEach(([, text, style], at) => {
    const shown = list.children[at].lastElementChild;
    say(shown, text);
    shown.className = style ?? "";
  });
}

/** Shows lines of text as a list. */
function lines(list, texts) {
  const joined = texts.join("\n");
  if (list.dataset.joined === joined) return;
  list.dataset.joined = joined;
  list.replaceChildren(...texts.map((text) => element("li", {}, text)));
  list.hidden = texts.length === 0;
}

/** Sets a bar to a share between 0 and 1. */
function bar(track, share, text) {
  const shown = Math.min(1, Math.max(0, share));
  track.firstElementChild.style.transform = `scaleX(${shown})`;
  track.setAttribute("aria-valuenow", Math.round(shown * 100));
  track.setAttribute("aria-valuetext", text);
}

/** Lets an element glide from where it was to where it is. */
function glide(target, from) {
  if (reducedMotion.matches || !from) return;
  const to = target.getBoundingClientRect();
  const move = `translate(${from.left - to.left}px, ${from.top - to.top}px)`;
  target.animate(
    [{ transform: move }, { transform: "none" }],
    { duration: 700, easing: "cubic-bezier(.2, .8, .2, 1)" },
  );
}
