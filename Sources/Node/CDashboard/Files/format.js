// Numbers, sizes and times as people read them. Null stands for what is not known.

const unknown = "–";
const digits = new Intl.NumberFormat("en");
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

const known = (value) => typeof value === "number" && Number.isFinite(value);

/** A count: 12,345. */
function count(value) {
  return known(value) ? digits.format(Math.round(value)) : unknown;
}

/** A rate: one decimal below ten. */
function rate(value) {
  if (!known(value)) return unknown;
  return value > 0 && value < 9.95 ? value.toFixed(1) : count(value);
}

/** A duration in its largest unit, from microseconds to days. */
function duration(seconds) {
  if (!known(seconds)) return unknown;
  const steps = [
    [86400, "d"], [3600, "h"], [60, "min"], [1, "s"], [0.001, "ms"], [0.000001, "µs"],
  ];
  const [size, unit] = steps.find(([size]) => seconds >= size) ?? steps[5];
  const amount = seconds / size;
  return `${amount < 9.95 ? Number(amount.toFixed(1)) : Math.round(amount)} ${unit}`;
}

/** Seconds that count down or up, with one decimal so that the text keeps its width. */
function running(seconds) {
  return known(seconds) ? `${Math.max(0, seconds).toFixed(1)} s` : unknown;
}

/** Bytes in the units of memory. */
function bytes(value) {
  if (!known(value)) return unknown;
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let at = 0;
  while (value >= 1024 && at < units.length - 1) {
    value /= 1024;
    at += 1;
  }
  return `${at === 0 || value >= 99.5 ? Math.round(value) : value.toFixed(1)} ${units[at]}`;
}

/** The time of day of a moment, milliseconds since 1970. */
function time(moment) {
  return clock.format(new Date(moment));
}

/** "1 cart", "2 carts". */
function carts(value) {
  return `${count(value)} ${value === 1 ? "cart" : "carts"}`;
}
