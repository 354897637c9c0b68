"""Pictures and checks of every sample page, for a person to look at:

    PYTHONPATH=src:tests .venv/bin/python tests/unit/web/gallery.py OUT [page…]

Reports console errors, axe violations, sideways scroll and cut texts."""

from __future__ import annotations

import json
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, sync_playwright
from unit.web.catalogues import ours
from unit.web.samples import SAMPLES

from fieldstone.web.templating import STATIC, Templates

ROOT = Path(__file__).parents[3]
AXE = ROOT / "node_modules/axe-core/axe.min.js"
CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'"
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
]
SIZES = {"": (1440, 900), ".phone": (390, 844)}
TALL = ("form", "widgets")
TALL_HEIGHT = 1900
LOOKS = (("zh_CN", "light"), ("zh_CN", "dark"), ("en", "light"))
ANSWERS: dict[str, Any] = {
    "/lookup/": [
        {"value": "1", "label": "苏州恒川精密机械", "sub": "A-000128"},
        {"value": "2", "label": "恒川集团", "sub": ""},
    ],
    "/regions": [{"code": "320000", "label": "江苏省"}, {"code": "330000", "label": "浙江省"}],
}
PROBE = Path(__file__).with_name("probe.js")


class Server(ThreadingHTTPServer):
    def handle_error(self, *_: Any) -> None:
        """A browser that hangs up is no news."""


class Handler(SimpleHTTPRequestHandler):
    """The rendered pages with our CSP, and canned answers to what elements ask for."""

    def do_GET(self) -> None:
        for start, answer in ANSWERS.items():
            if self.path.startswith(start):
                return self.say(json.dumps(answer).encode())
        return super().do_GET()

    def say(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", CSP)
        super().end_headers()

    def log_message(self, *_: Any) -> None:
        """Quiet."""


def launch(playwright: Playwright) -> Browser:
    """The machine's own Chromium when it has one, else the one Playwright brought."""
    return playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)


def render(folder: Path, names: list[str]) -> None:
    templates = Templates(catalogue=ours)
    for name in names:
        for locale, theme in LOOKS:
            html = templates.render(
                locale, SAMPLES[name].template, SAMPLES[name].context(locale, theme)
            )
            ending = ".dark" if theme == "dark" else ""
            page = f"{name}.{locale.partition('_')[0]}{ending}"
            (folder / f"{page}.html").write_text(html, encoding="utf-8")


def shoot(browser: Browser, base: str, out: Path, name: str) -> None:
    for ending, (width, height) in SIZES.items():
        phone = bool(ending)
        size = {"width": width, "height": TALL_HEIGHT if name.startswith(TALL) else height}
        context = browser.new_context(viewport=size, is_mobile=phone, has_touch=phone)  # type: ignore[arg-type]  # a plain dict
        page = context.new_page()
        page.on("console", partial(complain, name + ending))
        page.on("pageerror", lambda error: print(name, "ERROR", error))
        page.goto(f"{base}/{name}.html")
        page.wait_for_timeout(400)
        check(page, name + ending)
        page.screenshot(path=out / f"{name}{ending}.png")
        context.close()


def complain(name: str, message: ConsoleMessage) -> None:
    if message.type == "error":
        print(name, "CONSOLE", message.text)


def check(page: Page, name: str) -> None:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for fault in page.evaluate(PROBE.read_text(encoding="utf-8")):
        print(name, fault)


@contextmanager
def served(folder: Path, names: list[str]) -> Iterator[str]:
    """The sample pages with their assets on a port of this machine; gives the base URL."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(STATIC, folder / "static")
    render(folder, names)
    server = Server(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def main(out: Path, names: list[str]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    with served(out / "site", names) as base, sync_playwright() as playwright:
        browser = launch(playwright)
        for page in sorted((out / "site").glob("*.html")):
            shoot(browser, base, out, page.stem)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:] or list(SAMPLES))
