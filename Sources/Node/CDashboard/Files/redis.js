// Redis, and the cluster in short.

function showRedis(redis) {
  const state = part("redis-state");
  const trouble = !redis.isConnected || redis.problem;
  say(state, redis.isConnected ? (redis.problem ? "in trouble" : redis.role ?? "connected") : "away");
  part("redis-warnings").parentElement.dataset.tone = trouble ? "bad" : "";
  state.dataset.tone = trouble ? "bad" : redis.warnings.length > 0 ? "warn" : "good";
  say(part("durability"), redis.durability ?? "");
  lines(part("redis-warnings"), redis.problem ? [redis.problem, ...redis.warnings] : redis.warnings);
  const memory = part("memory");
  memory.hidden = !known(redis.memory);
  if (!memory.hidden) {
    const text = known(redis.memoryLimit)
      ? `${bytes(redis.memory)} of ${bytes(redis.memoryLimit)}`
      : `${bytes(redis.memory)}, no limit`;
    say(part("memory-text"), text);
    const track = memory.querySelector(".track");
    track.hidden = !known(redis.memoryLimit);
    const share = known(redis.memoryLimit) ? redis.memory / redis.memoryLimit : 0;
    bar(track, share, text);
    track.dataset.tone = share > 0.9 ? "bad" : share > 0.75 ? "warn" : "good";
  }
  fill(part("redis"), [
    ["latency", duration(redis.latency)],
    ["commands/s", count(redis.commandsPerSecond)],
    ["keys", count(redis.keys)],
    ["clients", count(redis.clients)],
    ["replicas", count(redis.replicas)],
    ["version", redis.version ?? unknown],
    ["runs for", duration(redis.uptime)],
    ...(redis.primaries ?? []).map((line) => line.split(": ", 2)),
  ]);
}

function showSummary(snapshot) {
  const told = snapshot.nodes.map((node) => node.said).filter(Boolean);
  const ready = snapshot.nodes.filter((node) => condition(node)[1] === "good").length;
  const sum = (values) => values.reduce((all, value) => (known(value) ? (all ?? 0) + value : all), null);
  fill(part("summary"), [
    ["nodes ready", `${ready} of ${snapshot.nodes.length}`, ready === snapshot.nodes.length ? "good" : "bad"],
    ["live carts", count(sum(told.map((said) => said.carts.live)))],
    ["requests/s", rate(sum(told.map((said) => said.rates?.requests)))],
    ["commits/s", rate(sum(told.map((said) => said.rates?.commits)))],
    ["Redis latency", duration(snapshot.redis.latency), snapshot.redis.problem ? "bad" : ""],
  ]);
}
