"""The page is for everybody: axe, keyboard, no JavaScript, reduced motion, hostile texts, weight and speed.

What there is to look at is a table: page_states.py.
"""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import matrix
import page_weight
from album import Album, on_one_line, said
from matrix import StepRun
from page_stage import GATEWAYS, ITEMS, OPTIONS, Stage, small_shop
from page_states import STATES

from mock_dintero.http.pages import HEADERS
from mock_dintero.testing import MockDintero

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.browser

POLICY = HEADERS["content-security-policy"]
PHONE, DESKTOP = {"width": 375, "height": 812}, {"width": 1280, "height": 900}

TYPED = {
    "email": "kari@example.no", "phone": "+4791234567", "first-name": "Kari", "last-name": "Nordmann",
    "address-line": "Storgata 1", "postal-code": "0155", "postal-place": "Oslo",
}  # fmt: skip


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    with small_shop() as url:
        yield url


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core's script, from the package that is pinned in pyproject.toml."""
    found = importlib.util.find_spec("axe_playwright_python")
    assert found is not None, "run: pip install -e '.[dev]'"
    assert found.origin is not None
    return (Path(found.origin).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def stage(mock_dintero: MockDintero, shop: str, page: Page) -> Stage:
    return Stage(mock_dintero, shop, page)


def hurdles(page: Page, axe: str, rules: str) -> list[str]:
    """What axe finds: every rule there is, or only those of contrast."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe)
    options: dict[str, Any] = {
        "resultTypes": ["violations"],
        "rules": {"target-size": {"enabled": True}},
    }
    if rules == "contrast":
        options = {"resultTypes": ["violations"], "runOnly": ["color-contrast"]}
    found = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def sticks_out(page: Page) -> list[str]:
    """What makes the page wider than its window."""
    found: list[str] = page.evaluate("""() => {
        const width = document.documentElement.clientWidth;
        if (document.documentElement.scrollWidth <= width) return [];
        return [...document.querySelectorAll("body *")]
            .filter((one) => one.getBoundingClientRect().right > width + 1)
            .map((one) => `${one.tagName}.${one.className} ends at ${one.getBoundingClientRect().right}`);
    }""")
    return found


@pytest.mark.parametrize("run", matrix.STEPS, ids=lambda run: f"{run.state.name}-{run.width}")
def test_a_page_in_this_state_is_for_everybody(
    mock_dintero: MockDintero, shop: str, album: Album, run: StepRun, axe: str
) -> None:
    """The steps of the matrix: each says what it has to say, in the language of the run."""
    page = album.page
    wrong: list[str] = []
    stage = Stage(mock_dintero, shop, page, f"&language={run.language}{run.state.query}")
    hosts = {urlsplit(url).netloc for url in (stage.dintero.url, stage.shop)}
    page.on("console", lambda line: wrong.append(line.text) if _matters(line) else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "request", lambda sent: wrong.append(sent.url) if _host(sent.url) not in hosts else None
    )
    page.on("response", lambda got: wrong.extend(_lax(got)))
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    run.state.reach(stage)
    album.look()
    sentence = said(run.state.says, run.language).partition("%(")[0]
    assert sentence in on_one_line(page.locator("body").inner_text())
    weight = page_weight.of_page(page)
    wrong += [f"it weighs {weight} bytes"] if weight > page_weight.HIGHEST else []
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for scheme, rules in (("light", "all"), ("dark", "contrast")):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            found = hurdles(page, axe, rules)
            wrong += [f"{size['width']} px, {scheme}: {one}" for one in found]
        wrong += [f"{size['width']} px: {one}" for one in sticks_out(page)]
    assert wrong == []


def _matters(said: Any) -> bool:
    """A page that answers 404 or 400 is a state like others; Chromium notes it as an error."""
    return said.type in ("error", "warning") and "Failed to load resource" not in said.text


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _lax(response: Any) -> list[str]:
    """A page of ours under any other policy than the one there is."""
    is_page = response.headers.get("content-type", "").startswith("text/html")
    if not is_page or "/return/" in response.url or response.headers.get("location"):
        return []
    if "server" in response.headers:  # the shop's
        return []
    found = response.headers.get("content-security-policy")
    return [] if found == POLICY else [f"{response.url} has the policy {found}"]


def test_the_policy_is_strict_and_lets_the_page_be_framed() -> None:
    rules = dict(rule.strip().partition(" ")[::2] for rule in POLICY.split(";"))
    assert rules == {
        "default-src": "'none'", "style-src": "'self'", "script-src": "'self'", "connect-src": "'self'",
        "img-src": "'self' https: http: data:", "base-uri": "'none'",
    }  # fmt: skip
    assert "x-frame-options" not in HEADERS


# By keyboard


def focused(page: Page) -> str:
    """The test id of what has the focus; '' if it has none. Whatever has it must show it."""
    found: dict[str, Any] = page.evaluate("""() => {
        const at = document.activeElement;
        if (!at || at === document.body) return {id: "", rings: ["none"]};
        const around = at.closest(".choice, .segment");
        const rings = [at, around].filter(Boolean).map((one) => {
            const look = getComputedStyle(one);
            return parseFloat(look.outlineWidth) >= 2 ? look.outlineStyle : "none";
        });
        return {id: at.dataset.testid ?? "", rings, about: at.outerHTML.slice(0, 120)};
    }""")
    if found["rings"] != ["none"]:
        assert set(found["rings"]) != {"none"}, f"no visible focus: {found['about']}"
    return str(found["id"])


def tab_to(page: Page, testid: str) -> None:
    """Press Tab until it has the focus."""
    for _ in range(60):
        if focused(page) == testid:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never comes to {testid}")


def enter(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


def pick(page: Page, testid: str) -> None:
    """Walk a group of radios by arrow, from whichever Tab stops at."""
    group = page.get_by_test_id(testid).get_attribute("name")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == group:
            break
    for _ in range(20):
        if focused(page) == testid:
            break
        page.keyboard.press("ArrowDown")
    assert focused(page) == testid
    if not page.get_by_test_id(testid).is_checked():
        page.keyboard.press("Space")


def test_a_buyer_who_has_only_a_keyboard_buys(stage: Stage) -> None:
    page = stage.page
    stage.session()
    stage.see()
    for name, value in TYPED.items():
        tab_to(page, name)
        page.keyboard.type(value)
    tab_to(page, "submit-address")
    enter(page)
    pick(page, "shipping-option-shop")
    if not page.get_by_test_id("shipping-option-shop").is_checked():
        page.keyboard.press("Space")
    submit = page.get_by_test_id("submit-shipping")
    if submit.is_visible():
        tab_to(page, "submit-shipping")
        enter(page)
    pick(page, "payment-method-dintero_psp.vipps")
    tab_to(page, "pay")
    enter(page)
    tab_to(page, "vipps-next")
    enter(page)
    tab_to(page, "vipps-approve")
    enter(page)
    assert page.url.startswith(f"{stage.shop}/return")
    assert stage.dintero.session(stage.sid)["transaction_id"]


OPACITY = "one => getComputedStyle(one).opacity"


def test_the_language_is_changed_by_keyboard_with_its_button(stage: Stage) -> None:
    page = stage.page
    stage.session()
    stage.see()
    assert page.get_by_test_id("language-change").evaluate(OPACITY) == "0"
    tab_to(page, "language")
    page.keyboard.press("ArrowUp")
    assert "language=" not in page.url, "an arrow key alone must not load another page"
    tab_to(page, "language-change")
    assert page.get_by_test_id("language-change").evaluate(OPACITY) == "1"
    enter(page)
    assert page.locator("html").get_attribute("lang") == "fi"


def test_the_language_is_changed_by_a_choice(stage: Stage) -> None:
    stage.session()
    stage.see()
    with stage.page.expect_navigation():
        stage.page.get_by_test_id("language").select_option("nb")
    assert stage.page.get_by_role("heading", name="Fullfør bestillingen").is_visible()
    stage.press(
        "submit-address", **{name.replace("-", "_"): value for name, value in TYPED.items()}
    )
    assert stage.page.locator("html").get_attribute("lang") == "nb"


# The sum and what stands beside it

BESIDE = """() => {
    const box = (one) => document.querySelector(one).getBoundingClientRect();
    const name = box(".summary summary .icon"), sum = box("[data-testid=order-total]");
    return {gap: sum.left - name.right, below: sum.top - name.bottom, end: sum.right};
}"""


@pytest.mark.parametrize("width", [320, 375])
@pytest.mark.parametrize(("amount", "language"), [(114700, "sv"), (2_000_000_000, "nb")])
def test_the_sum_never_touches_what_stands_beside_it(
    stage: Stage, width: int, amount: int, language: str
) -> None:
    item = {**ITEMS[1], "amount": amount}
    stage.session(order=stage.order(items=[item], amount=amount), express=None)
    stage.page.set_viewport_size({"width": width, "height": 812})
    stage.see(language=language)
    at = stage.page.evaluate(BESIDE)
    assert at["gap"] >= 8 or at["below"] >= 8
    assert at["end"] <= width - 16
    stage.page.get_by_test_id("order-total").click(force=True)
    assert stage.page.get_by_test_id("order-item-2").is_visible()


def test_the_sum_is_named_where_the_order_stands_open(stage: Stage) -> None:
    stage.session(express=None)
    stage.see()
    stage.page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    name = stage.page.locator(".summary__total dt").bounding_box()
    assert name is not None
    assert name["width"] > 20


# Without JavaScript, with reduced motion


def buy(stage: Stage) -> None:
    """From the first page to the shop."""
    stage.session()
    stage.see()
    stage.press(
        "submit-address", **{name.replace("-", "_"): value for name, value in TYPED.items()}
    )
    radio = stage.page.get_by_test_id("shipping-option-home")
    has_scripts = stage.page.evaluate("1") == 1 and stage.query == ""
    if has_scripts:
        with stage.page.expect_navigation():
            radio.check()
    else:
        radio.check()
        stage.press("submit-shipping")
    stage.page.get_by_test_id("payment-method-dintero_psp.vipps").check()
    stage.press("pay")
    stage.press("vipps-next")
    stage.press("vipps-approve")
    assert stage.page.url.startswith(f"{stage.shop}/return")


@pytest.mark.parametrize("context", [{"java_script_enabled": False}], indirect=True, ids=[""])
def test_a_buyer_without_javascript_buys_in_norwegian(stage: Stage) -> None:
    stage.session()
    stage.see()
    stage.page.get_by_test_id("language").select_option("nb")
    stage.press("language-change")
    assert stage.page.get_by_role("heading", name="Fullfør bestillingen").is_visible()
    stage.press(
        "submit-address", **{name.replace("-", "_"): value for name, value in TYPED.items()}
    )
    stage.page.get_by_test_id("shipping-option-home").check()
    stage.press("submit-shipping")
    stage.page.get_by_test_id("payment-method-dintero_psp.vipps").check()
    stage.press("pay")
    stage.press("vipps-next")
    stage.press("vipps-approve")
    assert stage.page.url.startswith(f"{stage.shop}/return")


def test_nothing_moves_for_who_wants_no_motion(stage: Stage) -> None:
    page = stage.page
    page.emulate_media(reduced_motion="reduce")
    _loader(stage)
    moving = """() => [...document.querySelectorAll("*")].filter((one) => {
        const look = getComputedStyle(one);
        const times = look.transitionDuration.split(",");
        return look.animationName !== "none" || times.some((one) => parseFloat(one));
    }).length"""
    assert page.get_by_test_id("loader").is_visible()
    assert page.evaluate(moving) == 0
    stage.query = ""
    stage.ready()
    stage.see()
    assert page.evaluate(moving) == 0
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(moving) > 0


def _loader(stage: Stage) -> None:
    stage.session()
    stage.query = "&ui=fullscreen&role=pop_out_payment"
    stage.see(loader="true")


# Calm, light and quick

SHIFTS = """
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifted(one.value);
}).observe({type: "layout-shift", buffered: true});
"""


@pytest.mark.parametrize(
    "context", [{"viewport": PHONE}, {"viewport": DESKTOP}], indirect=True, ids=["375", "1280"]
)
def test_nothing_jumps_during_a_purchase(stage: Stage) -> None:
    shifts: list[float] = []
    stage.page.expose_function("shifted", lambda shift: shifts.extend([shift]))
    stage.page.add_init_script(SHIFTS)
    buy(stage)
    assert sum(shifts) < 0.05, shifts
    print(f"\nlayout shift over a purchase: {sum(shifts):.4f}")


def test_a_purchase_asks_nobody_but_the_sandbox_and_the_shop(
    stage: Stage, context: BrowserContext
) -> None:
    known = {_host(stage.dintero.url), _host(stage.shop)}
    strangers: list[str] = []

    def meet(route: Any) -> None:
        if _host(route.request.url) in known:
            route.continue_()
        else:
            strangers.append(route.request.url)
            route.abort()

    context.route("**/*", meet)
    buy(stage)
    assert strangers == []


@pytest.mark.parametrize("query", ["", "&ui=inline"], ids=["by itself", "embedded"])
def test_a_page_weighs_little(stage: Stage, query: str) -> None:
    page, weights, current = stage.page, {}, dict[str, int]()
    talk = page.context.new_cdp_session(page)
    talk.send("Network.enable")
    talk.send("Network.setCacheDisabled", {"cacheDisabled": True})
    kinds: dict[str, str] = {}
    talk.on("Network.responseReceived", lambda got: kinds.update({got["requestId"]: got["type"]}))
    talk.on("Network.loadingFinished", lambda got: current.update(
        {got["requestId"]: int(got["encodedDataLength"])}))  # fmt: skip
    for name, reach in {state.name: state.reach for state in STATES if state.name in HEAVY}.items():
        stage.query = query
        reach(stage)
        current.clear()
        kinds.clear()
        page.reload(wait_until="networkidle")
        counted = [
            n for id, n in current.items() if kinds.get(id) in ("Document", "Stylesheet", "Script")
        ]
        weights[name] = sum(counted)
    print("\n" + "\n".join(f"{name}: {weight / 1024:.1f} KB" for name, weight in weights.items()))
    counted_by_page = page_weight.of_page(page)
    assert abs(counted_by_page - weights[name]) < 4096, "the two ways to weigh differ"
    assert max(weights.values()) <= page_weight.HIGHEST, weights


HEAVY = ("new", "shipping", "ready", "vipps", "card", "themed")


def test_a_page_is_there_at_once_and_options_follow_the_shops_answer(stage: Stage) -> None:
    page = stage.page
    stage.session()
    paints, waits = [], []
    for _ in range(5):
        stage.session()
        stage.see()
        paints.append(_first_paint(page))
        for name, value in TYPED.items():
            page.get_by_test_id(name).fill(value)
        started = time.perf_counter()
        page.get_by_test_id("submit-address").click()
        page.get_by_test_id("shipping-options").wait_for()
        took = 1000 * (time.perf_counter() - started)
        waits.append(took - stage.dintero.deliveries_of(stage.sid)[-1]["attempts"][-1]["latency"])
    paints.sort()
    waits.sort()
    print(f"\nfirst contentful paint: {paints[2]:.0f} ms ({paints[0]:.0f} to {paints[-1]:.0f})")
    print(f"from address to options: {waits[2]:.0f} ms ({waits[0]:.0f} to {waits[-1]:.0f})")
    assert paints[0] < 1000
    assert waits[0] < 1000


def _first_paint(page: Page) -> float:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        found = page.evaluate(
            "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
        )
        if found:
            return float(found)
    raise AssertionError("nothing was painted")


# Hostile texts

HOSTILE = {
    "script": "<script>window.pwned=1;alert(1)</script>",
    "image": "<img src=x onerror=\"window.pwned=1;alert(1)\">",
    "quotes": "\"'`><svg onload=window.pwned=1> autofocus onfocus=window.pwned=1 x=\"",
    "template": "{{ 7*7 }} {% raw %} ${window.pwned=1} %s %(shop)s %d &lt;b&gt;",
    "right to left": "\u202e\u2067\u202bdrol ot thgir \u200f\u200e\u061c abc",
    "long": "W" * 5000,
    "long words": "Lorem ipsum " * 420,
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈🇳🇴" * 40,
    "zalgo": "Z̸̡̢͓̦̪̭̱͉̝̻̋̀̏̅̈́̈̚" * 60,
    "control": "a\u0001b\u0008c\u001bd\u2028e\ufefff\ufffeg",
    "null": "nu\u0000ll",
    "javascript": "javascript:window.pwned=1//",
    "data": "data:text/html,<script>alert(1)</script>",
    "style": "red;} body { display: none } </style><style>*{display:none}",
}  # fmt: skip


def hostile_session(stage: Stage, text: str) -> dict[str, Any]:
    """A session with the text wherever the merchant may write what they like."""
    place = {
        "first_name": text, "last_name": text, "address_line": text, "address_line_2": text,
        "postal_code": text, "postal_place": text, "country": "NO", "business_name": text,
        "organization_number": text, "comment": text, "co_address": text,
    }  # fmt: skip
    option = {
        **OPTIONS[0], "title": text, "description": text, "operator": text, "thumbnail_url": text,
        "pick_up_address": place, "delivery_method": "pick_up",
        "time_slot": {"starts_at": text, "ends_at": text},
        "environmental_data": {"description": text}, "countries": ["NO"],
    }  # fmt: skip
    item = {
        **ITEMS[0], "description": text, "thumbnail_url": text, "id": text,
        "discount_lines": [{"amount": 100, "discount_type": "manual", "discount_id": text,
                            "description": text, "line_id": 1}],
    }  # fmt: skip
    box = {
        "id": text,
        "label": text,
        "required": False,
        "checked": True,
        "link": {"url": text, "text": text},
    }
    return {
        "order": stage.order(items=[item, {**item, "line_id": text}], amount=169800, discount_codes=[text],
                             merchant_reference="order-1"),
        "express": {"shipping_options": [option, {**option, "line_id": text, "id": text}],
                    "discount_codes": {"max_count": 9, "callback_url": f"{stage.shop}/codes"}},
        "merchant": {"name": text, "logo_url": f"{stage.shop}/logo.svg"},
        "checkboxes": [box],
        "customer": {"email": text, "phone_number": "+4791234567"},
        "configuration": {**GATEWAYS, "discounts": {"express_discount_codes": {"enabled": True}},
                          "theme": dict.fromkeys(("primary", "backdrop", "cardRadius"), text)},
        "metadata": {"note": text},
    }  # fmt: skip


LOOK = """() => ({
    pwned: "pwned" in window,
    links: [...document.querySelectorAll("a[href]")].map((one) => new URL(one.href).protocol)
        .filter((one) => !["http:", "https:"].includes(one)),
    pictures: [...document.querySelectorAll("img")].map((one) => new URL(one.src).protocol)
        .filter((one) => !["http:", "https:"].includes(one)),
    isHidden: getComputedStyle(document.body).display === "none",
    strange: document.querySelectorAll("main script, main style, [onerror], [onfocus], [onload]").length,
})"""
FINE = {"pwned": False, "links": [], "pictures": [], "isHidden": False, "strange": 0}


@pytest.mark.parametrize("context", [{"viewport": PHONE}], indirect=True, ids=[""])
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_text_does_nothing_and_breaks_nothing(stage: Stage, text: str) -> None:
    page = stage.page
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    stage.session(**hostile_session(stage, text))

    def look(at: str) -> None:
        assert page.evaluate(LOOK) == FINE, at
        assert sticks_out(page) == [], at

    stage.see()
    look("the address form")
    buyer = stage.dintero.buyer(stage.sid)
    buyer.give_address(first_name=text, address_line=text, postal_place=text)
    stage.see()
    details = page.locator(".summary details > summary")
    if details.is_visible():
        details.click()
    look("the shipping step")
    buyer.choose_shipping("home")
    stage.see(code=text[:200], say=text[:200])
    look("the payment step")
    page.get_by_test_id("payment-method-dintero_psp.vipps").check()
    stage.press("pay")
    look("the wallet")
    stage.press("vipps-next")
    look("the app")
    stage.dintero.http.post(f"{page.url.rpartition('/')[0]}/approve")
    stage.see()
    look("the end")
    assert dialogs == []


@pytest.mark.parametrize(
    "url", ["javascript:window.pwned=1", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x"]
)
def test_a_way_back_that_is_a_script_leads_nowhere(stage: Stage, url: str) -> None:
    """Dintero takes every scheme, for apps; so a way back may be anything but something that runs here."""
    try:
        stage.session(url={"return_url": url})
    except AssertionError:
        return  # refused
    stage.dintero.buyer(stage.sid).cancel()
    stage.see()
    assert stage.page.evaluate(LOOK) == FINE


def test_every_state_has_a_name_of_its_own() -> None:
    assert len({state.name for state in STATES}) == len(STATES)
