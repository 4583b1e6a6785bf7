-- The requests of a wrk run: `wrk … -s carts.lua -- MODE COUNT`. MODE: trivial, create, fill, get, add, hot (one cart).
local mode, count, next_cart

function init(args)
  mode = args[1]
  count = tonumber(args[2] or "1")
  next_cart = 0
  math.randomseed(os.time())
end

local json = { ["Content-Type"] = "application/json" }
local five_lines = 0

local function line(sku)
  return string.format(
    '{"sku":"%s","name":"A plain product name","quantity":1,"unitPrice":{"amount":1999,"currency":"EUR"}}', sku)
end

function request()
  if mode == "trivial" then return wrk.format("GET", "/") end
  if mode == "create" then
    local id = next_cart % count
    next_cart = next_cart + 1
    return wrk.format("PUT", "/v1/carts/bench-" .. id, json, "{}")
  end
  if mode == "fill" then
    local id, sku = math.floor(five_lines / 5) % count, five_lines % 5
    five_lines = five_lines + 1
    return wrk.format("POST", "/v1/carts/bench-" .. id .. "/lines", json, line("SKU-" .. sku))
  end
  if mode == "hot" then
    local quantity = string.format('{"quantity":%d}', math.random(1, 9999))
    return wrk.format("PATCH", "/v1/carts/bench-7/lines/1", json, quantity)
  end
  local id = math.random(0, count - 1)
  if mode == "get" then return wrk.format("GET", "/v1/carts/bench-" .. id) end
  return wrk.format("POST", "/v1/carts/bench-" .. id .. "/lines", json, line("SKU-" .. math.random(0, 4)))
end

function done(summary, latency, requests)
  local errors = summary.errors.status + summary.errors.connect + summary.errors.read
    + summary.errors.write + summary.errors.timeout
  io.write(string.format(
    'RESULT {"rate": %.1f, "p50ms": %.3f, "p99ms": %.3f, "requests": %d, "errors": %d}\n',
    summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    summary.requests, errors))
end
