"""Pictures and checks of every sample page, for a person to look at:

    PYTHONPATH=src:tests .venv/bin/python tests/unit/web/gallery.py OUT [page…]

Reports console errors, axe violations, sideways scroll and cut texts."""

from __future__ import annotations

import json
import shutil
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
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
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars",
]  # fmt: skip
SIZES = {"": (1440, 900), ".phone": (390, 844)}
TALL = ("form", "widgets")
TALL_HEIGHT = 1900
LOOKS = (("zh_CN", "light"), ("zh_CN", "dark"), ("en", "light"))
ANSWERS = {
    "/lookup/": [{"value": "1", "label": "苏州恒川精密机械", "sub": "A-000128"}, {"value": "2", "label": "恒川集团", "sub": ""}],
    "/regions": [{"code": "320000", "label": "江苏省"}, {"code": "330000", "label": "浙江省"}],
}  # fmt: skip
PROBE = """() => {
  const found = [];
  if (document.documentElement.scrollWidth > innerWidth) found.push('SIDEWAYS ' + document.documentElement.scrollWidth);
  for (const e of document.querySelectorAll('button, .btn, .st-tag')) {
    if (e.getClientRects().length && e.scrollHeight > e.clientHeight + 4) found.push('WRAP ' + e.textContent.trim().slice(0, 24));
    if (e.matches('button, .btn') && e.getClientRects().length && e.scrollWidth > e.clientWidth + 1) found.push('CUT ' + e.textContent.trim().slice(0, 24));
  }
  return [...new Set(found)].slice(0, 12);
}"""
RUN_AXE = """async () => {
  const result = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] });
  return result.violations.map(v => v.id + ' x' + v.nodes.length + ' ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 120)).join(' ;; '));
}"""


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


def render(folder: Path, names: list[str]) -> list[str]:
    templates = Templates(catalogue=ours)
    written = []
    for name in names:
        for locale, theme in LOOKS:
            html = templates.render(locale, SAMPLES[name].template, SAMPLES[name].context(locale, theme))
            page = f"{name}.{'zh' if locale == 'zh_CN' else locale}{'.dark' if theme == 'dark' else ''}"
            (folder / f"{page}.html").write_text(html, encoding="utf-8")
            written.append(page)
    return written


def shoot(browser: Browser, base: str, out: Path, name: str) -> None:
    for ending, (width, height) in SIZES.items():
        phone = bool(ending)
        height = TALL_HEIGHT if name.startswith(TALL) else height
        context = browser.new_context(viewport={"width": width, "height": height}, is_mobile=phone, has_touch=phone)
        page = context.new_page()
        page.on("console", lambda message: message.type == "error" and print(f"{name}{ending} CONSOLE {message.text}"))
        page.on("pageerror", lambda error: print(f"{name}{ending} ERROR {error}"))
        page.goto(f"{base}/{name}.html")
        page.wait_for_timeout(400)
        check(page, name + ending)
        page.screenshot(path=out / f"{name}{ending}.png")
        context.close()


def check(page: Page, name: str) -> None:
    for fault in page.evaluate(PROBE):
        print(name, fault)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for fault in page.evaluate(RUN_AXE):
        print(name, "AXE", fault)


def main(out: Path, names: list[str]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    site = out / "site"
    shutil.rmtree(site, ignore_errors=True)
    shutil.copytree(STATIC, site / "static")
    pages = render(site, names)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for name in pages:
            shoot(browser, base, out, name)
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:] or list(SAMPLES))
