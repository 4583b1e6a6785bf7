"""The trials of scripts/page-test: what the page shows while nodes and Redis are killed, paused and drained."""

import argparse
import pathlib
import re
import secrets
import signal
import time

from page_cluster import LEASE, MARGIN, Cluster, await_that, call
from playwright.sync_api import expect, sync_playwright

# The time after which somebody who looks at the page must see a change, seconds: it is told once a second.
SOON = 1.0
# What the test itself adds to a time, seconds: it asks a node and looks at a page every 50 ms, over connections.
LOOKING = 0.2


class Watched:
    """A page in the browser, and what it complained about."""

    def __init__(self, browser, node, **options):
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.errors = []
        self.page.on("console", self.note)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(f"{node.ops}/")

    def note(self, message):
        # The browser itself notes each request that failed, and nodes do end in these trials. Everything else counts.
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource:"):
            self.errors.append(f"{message.text} ({message.location})")

    def find(self, cart):
        self.page.get_by_role("searchbox", name="Find a cart").fill(cart)
        self.page.keyboard.press("Enter")

    def where(self, text, seconds):
        expect(self.page.locator("#where")).to_contain_text(text, timeout=seconds * 1000)

    def says(self, text):
        return text in self.page.locator("#where").inner_text()

    def badge(self, node, text, seconds):
        card = self.page.locator(".node", has=self.page.get_by_role("heading", name=node.name, exact=True))
        expect(card.locator(".badge")).to_have_text(text, timeout=seconds * 1000)

    def event(self, text, seconds):
        expect(self.page.locator("#events li", has_text=text).first).to_be_visible(timeout=seconds * 1000)

    def live_from(self, pattern, seconds):
        expect(self.page.locator("#connection")).to_have_text(re.compile(f"^live from {pattern}$"), timeout=seconds * 1000)

    def picture(self, folder, name):
        self.page.screenshot(path=folder / f"{name}.png", full_page=True)

    def fits(self):
        """True if nothing makes the page wider than the window."""
        return self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def title(text):
    print(f"== {text}", flush=True)


def touch(cluster, cart, dead):
    """Asks for the cart until a node answers, and returns the node that served it."""
    node = cluster.others(dead)[0]

    def served():
        status, headers, _ = call(node.cart(cart), timeout=5)
        return headers["Cart-Node"] if status == 200 else None

    return await_that(f"{cart} is served again", LEASE + MARGIN + 5, served)


def heir_is_shown(pages, heir, began, added=0.0):
    """The new owner is shown within lease, margin and a second after the kill, and what the test added meanwhile."""
    limit = LEASE + MARGIN + SOON + LOOKING + added
    # Not by `expect`, which looks once a second in the end. A page that is late is waited for, to tell how late.
    await_that(f"{heir} is shown as the owner", limit + 10, lambda: all(each.says(f"It lives on {heir}.") for each, _ in pages))
    took = time.monotonic() - began
    print(f"   {heir} was shown as the owner {took:.1f} s after the kill (limit {limit:.1f} s)", flush=True)
    assert took <= limit, f"{heir} was shown {took:.2f} s after the kill, and not within {limit:.2f} s"


def sees_the_cluster(pages, cluster):
    title("the page shows the whole cluster through any node")
    for watched, home in pages:
        watched.live_from(home.name, 5)
        for node in cluster.nodes:
            watched.badge(node, "ready", 5)
        expect(watched.page.locator("#redis-state")).to_have_text("primary", timeout=5000)
        expect(watched.page.locator("#redis")).to_contain_text("latency")


def shows_the_doctor(pages):
    title("the doctor's findings are shown, or that there is nothing to mend")
    for watched, _ in pages:
        # Each node examines Redis soon after its start. What it finds depends on this machine and its Redis.
        panel = watched.page.get_by_role("region", name="Doctor")
        expect(panel).not_to_contain_text("No node has told", timeout=10000)
        expect(panel.locator("#findings li, #doctor-note:not([hidden])").first).to_be_visible()


def finds_carts(pages, cart, owner):
    title("the finder tells where a cart lives, that there is none, and what no id can be")
    for watched, _ in pages:
        watched.find("no-such-cart")
        watched.where("Redis has no cart no-such-cart.", 2)
        watched.find("a{b")
        watched.where("no cart can have this id", 2)
        watched.find(cart)
        watched.where(f"It lives on {owner.name}.", 2)
        expect(watched.page.locator("#facts")).to_contain_text("open")
        expect(watched.page.locator(".node.owner h3")).to_have_text(owner.name)


def owner_is_killed(cluster, pages, cart, owner, folder):
    title(f"{owner.name}, the owner, is killed: all pages show it, and the new owner after the next request")
    began = time.monotonic()
    owner.kill()
    pages[0][0].where("is silent", 4)
    pages[0][0].picture(folder, "silent")
    for watched, _ in pages:
        left = max(0.1, began + LEASE + MARGIN + SOON + 1 - time.monotonic())
        watched.where(f"Its owner {owner.name} died. The next request restores it", left)
        watched.event(f"{owner.name} died", 2)
    print(f"   its death was shown {time.monotonic() - began:.1f} s after the kill (lease {LEASE:g} s)", flush=True)
    pages[0][0].picture(folder, "died")
    # Nobody asks for the cart before the pages have told of the death and a picture of that is taken.
    waited = time.monotonic() - (began + LEASE + MARGIN)
    heir = touch(cluster, cart, owner)
    heir_is_shown(pages, heir, began, added=max(0.0, waited))
    for watched, _ in pages:
        watched.live_from("node-.", 2)
        assert watched.page.locator("#connection").inner_text() != f"live from {owner.name}"
        expect(watched.page.locator(".node.owner h3")).to_have_text(heir)
    return cluster.node(heir)


def owner_is_killed_under_requests(cluster, pages, cart, owner):
    title(f"{owner.name} is killed while the cart is asked for: the new owner is shown as soon as it serves")
    began = time.monotonic()
    owner.kill()
    heir = touch(cluster, cart, owner)
    heir_is_shown(pages, heir, began)
    return cluster.node(heir)


def starts_again(cluster, pages, node):
    title(f"{node.name} comes again")
    node.start()
    await_that(f"{node.name} is ready", 20, node.is_ready)
    for watched, _ in pages:
        watched.badge(node, "ready", 5)


def redis_is_paused(cluster, pages, folder):
    title("Redis is paused for longer than a lease, and goes on")
    cluster.redis.signal(signal.SIGSTOP)
    for watched, _ in pages:
        expect(watched.page.locator("#redis-state")).to_have_text(re.compile("in trouble|away"), timeout=6000)
        watched.event("Redis is in trouble", 6)
    for node in cluster.nodes:
        pages[0][0].badge(node, re.compile("not ready|no details"), LEASE + 4)
    pages[0][0].picture(folder, "redis-paused")
    cluster.redis.signal(signal.SIGCONT)
    for watched, _ in pages:
        watched.event("Redis answers again", 8)
        watched.event("lost its session", 4)
        for node in cluster.nodes:
            watched.badge(node, "ready", LEASE + 8)


def redis_is_restarted(cluster, pages):
    title("Redis is killed and started again")
    cluster.redis.kill()
    cluster.redis.start()
    for watched, _ in pages:
        watched.event("Redis may have lost data", 10)
        for node in cluster.nodes:
            watched.badge(node, "ready", LEASE + 10)


def owner_is_drained(cluster, pages, cart, owner):
    title(f"{owner.name}, the owner, is drained")
    owner.signal(signal.SIGTERM)
    for watched, _ in pages:
        watched.badge(owner, "draining", 3)
        watched.event(f"{owner.name} is leaving", 4)
        watched.where("It is in no node’s memory.", 5)
    owner.process.wait(timeout=30)
    assert owner.process.returncode == 0, owner.process.returncode
    heir = touch(cluster, cart, owner)
    for watched, _ in pages:
        watched.where(f"It lives on {heir}.", LEASE + SOON)
        watched.event(f"{owner.name} has left", 3)
    return cluster.node(heir)


def keyboard_alone(watched, cart, owner):
    title("the keyboard reaches everything, and the address names the cart")
    page = watched.page
    page.reload()
    watched.where(f"It lives on {owner.name}.", 4)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "id"
    names = page.evaluate(
        "[...document.querySelectorAll('button, input, [role=meter], section')].filter(e => e.checkVisibility()"
        " && !(e.labels?.length || e.ariaLabel || e.getAttribute('aria-labelledby') || e.textContent.trim())).length"
    )
    assert names == 0, f"{names} elements have no accessible name"
    assert cart in page.url


def pictures(browser, cluster, cart, folder):
    title("pictures: light, dark, narrow")
    node = cluster.nodes[1]
    for name, options in [
        ("light", {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}}),
        ("dark", {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}}),
        ("narrow", {"color_scheme": "light", "viewport": {"width": 390, "height": 844}}),
        ("narrow-dark", {"color_scheme": "dark", "viewport": {"width": 390, "height": 844}, "reduced_motion": "reduce"}),
    ]:
        watched = Watched(browser, node, device_scale_factor=2, **options)
        watched.live_from(node.name, 5)
        watched.find(cart)
        watched.where("It lives on", 3)
        time.sleep(14)
        watched.picture(folder, name)
        assert watched.fits(), f"the page is wider than the window: {name}"
        assert not watched.errors, watched.errors
        watched.context.close()


def token_is_asked_for(browser, binary):
    title("with --ops-token the page asks for it, refuses a wrong one, and works with it")
    token, wrong, cart = secrets.token_hex(16), "another-token-of-operators", "basket-of-eve"
    with Cluster(binary, nodes=2, options=["--ops-token", token]) as cluster:
        home, other = cluster.nodes
        cluster.create(cart, other)
        for path in ("/status", "/snapshot", "/events", "/doctor", f"/carts/{cart}"):
            assert call(home.ops + path)[0] == 401, path
            assert call(home.ops + path, headers={"Authorization": f"Bearer {wrong}"})[0] == 401, path
        assert call(f"{home.ops}/snapshot", headers={"Authorization": f"Bearer {token}"})[0] == 200
        watched = Watched(browser, home)
        page = watched.page
        # What the page shows to the other node, whose address it has from the membership.
        shown = []
        page.on("request", lambda request: shown.append(request) if request.url.startswith(other.ops) else None)
        dialog = page.get_by_role("dialog", name="This port asks for a token")
        field = page.get_by_label("Operations token")
        expect(dialog).to_be_visible(timeout=5000)
        field.fill(wrong)
        page.keyboard.press("Enter")
        expect(page.locator("#token-note")).to_contain_text("does not know this token", timeout=5000)
        expect(dialog).to_be_visible(timeout=5000)
        expect(page.locator(".node")).to_have_count(0)
        field.fill(token)
        page.keyboard.press("Enter")
        expect(dialog).to_be_hidden(timeout=5000)
        watched.live_from(home.name, 5)
        # The nodes read each other by passes: otherwise the other one had no details.
        for node in cluster.nodes:
            watched.badge(node, "ready", 5)
        watched.find(cart)
        watched.where(f"It lives on {other.name}.", 3)
        page.reload()
        watched.live_from(home.name, 5)
        expect(dialog).to_be_hidden()
        # The page goes on at the other node, whose answer to the preflight comes before the token.
        home.kill()
        watched.live_from(other.name, 8)
        expect(page.locator("#facts")).to_contain_text(other.name, timeout=5000)
        watched.where(f"It lives on {other.name}.", 1)
        fields = [request.headers.get("authorization") for request in shown if request.method == "GET"]
        assert any(fields), "the page showed the other node nothing"
        assert not any(field and token in field for field in fields), "the page sent the token to an address from Redis"
        # A pass reads its node, and does nothing.
        passed = {"Authorization": next(field for field in fields if field)}
        assert call(other.ops + "/status", headers=passed)[0] == 200
        assert call(other.ops + "/metrics", headers=passed)[0] == 401
        # The token stays in its tab.
        stranger = Watched(browser, other)
        expect(stranger.page.get_by_role("dialog", name="This port asks for a token")).to_be_visible(timeout=5000)
        for each in (watched, stranger):
            assert not each.errors, each.errors
            each.context.close()


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--binary", required=True)
    options.add_argument("--chromium", required=True)
    options.add_argument("--screenshots", required=True, type=pathlib.Path)
    options = options.parse_args()
    cart = "basket-of-ada"
    with sync_playwright() as playwright, Cluster(options.binary) as cluster:
        arguments = ["--no-sandbox"]
        browser = playwright.chromium.launch(executable_path=options.chromium, args=arguments)
        owner = cluster.nodes[0]
        cluster.create(cart, owner)
        pictures(browser, cluster, cart, options.screenshots)
        # One page from another node, and one from the owner itself.
        pages = [(Watched(browser, node, device_scale_factor=1.5), node) for node in (cluster.nodes[1], owner)]
        sees_the_cluster(pages, cluster)
        shows_the_doctor(pages)
        finds_carts(pages, cart, owner)
        keyboard_alone(pages[0][0], cart, owner)
        heir = owner_is_killed(cluster, pages, cart, owner, options.screenshots)
        starts_again(cluster, pages, owner)
        next_owner = owner_is_killed_under_requests(cluster, pages, cart, heir)
        starts_again(cluster, pages, heir)
        redis_is_paused(cluster, pages, options.screenshots)
        redis_is_restarted(cluster, pages)
        last_owner = cluster.node(touch(cluster, cart, next_owner))
        owner_is_drained(cluster, pages, cart, last_owner)
        pages[0][0].picture(options.screenshots, "after")
        for watched, node in pages:
            assert not watched.errors, f"the page from {node.name} complained: {watched.errors}"
        browser.close()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.chromium, args=["--no-sandbox"])
        token_is_asked_for(browser, options.binary)
        browser.close()
    print("== passed", flush=True)


main()
