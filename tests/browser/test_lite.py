"""The site of ``make lite`` in a real browser: notebooks run there, show their pictures, and ask only their server."""

import functools
import http.server
import pathlib
import threading

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="SKIPPED: needs the extra: pip install 'glassgrad[browser]'")

SITE = pathlib.Path(__file__).parents[2] / "out" / "lite"
RUN = """async () => {
    const app = window.jupyterapp;
    await app.restored;
    const session = app.shell.currentWidget.sessionContext;
    await session.ready;
    while (session.session.kernel.status !== 'idle') await new Promise(done => setTimeout(done, 50));
    return await app.commands.execute('notebook:run-all-cells');
}"""
IN_TIME = "() => Promise.race([(%s)(), new Promise((_, late) => setTimeout(late, 180000, 'the kernel did not answer'))])"
OUTPUTS = """() => window.jupyterapp.shell.currentWidget.content.model.toJSON().cells.flatMap(cell => cell.outputs || [])"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """The site's files, without a line for each."""

    def log_message(self, *words):
        pass


@pytest.fixture(scope="module")
def server():
    """The address of the site."""
    if not SITE.is_dir():
        pytest.skip(f"SKIPPED: there is no site in {SITE}: make lite builds it")
    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(SITE)))
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{running.server_address[1]}/"
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture
def opened(server, page):
    """Run a notebook from top to bottom; afterwards nothing may have been asked of anybody else."""
    asked = []
    page.context.on("request", lambda request: asked.append(request.url))

    def call(name):
        page.goto(f"{server}lab/index.html?path={name}.ipynb")
        page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=60_000)
        assert page.evaluate(IN_TIME % RUN) is True, "every cell ran to its end"
        return page

    yield call
    assert any(url.endswith("/pyodide.asm.wasm") for url in asked), "what the kernel asks for was seen, too"
    assert [url for url in asked if not url.startswith((server, "data:", "blob:"))] == []


DECODED = """async pages => {
    const found = [];
    for (const page of pages) {
        for (const {alt, src} of new DOMParser().parseFromString(page, 'text/html').querySelectorAll('img')) {
            const image = Object.assign(new Image(), {src});
            await image.decode();
            found.push([alt, image.naturalWidth]);
        }
    }
    return found;
}"""


def pictures(page):
    """What each picture says that the cells show, and how wide it is; a browser that cannot decode one raises an error."""
    shown = [output["data"] for output in page.evaluate(OUTPUTS) if "text/html" in output.get("data", {})]
    return page.evaluate(DECODED, ["".join(data["text/html"]) for data in shown])


def test_the_first_notebook_shows_its_pictures_and_plots(opened):
    page = opened("01_perceptron")
    shown = pictures(page)
    assert [alt.split()[0] for alt, _ in shown] == ["ŷ", "The", "The", "Perceptron", "Perceptron"]
    assert all(width > 300 for _, width in shown)
    playwright.expect(page.locator(".jp-OutputArea-output img").last).to_be_visible(timeout=30_000)


def test_the_stepping_notebook_shows_its_pictures_and_steps(opened):
    page = opened("04_chain_rule")
    shown = pictures(page)
    assert [alt.split(":")[0] for alt, _ in shown] == ["z = x·y = 6", "loss = s² = 1", "loss = s² = 4"]
    assert all(width > 300 for _, width in shown)
    assert "(15, 10)" in [output.get("data", {}).get("text/plain") for output in page.evaluate(OUTPUTS)]
    frame = page.locator(".jp-OutputArea-output iframe").first
    frame.scroll_into_view_if_needed(timeout=30_000)
    frame.content_frame.locator("#next").click()
    playwright.expect(frame.content_frame.locator("#caption span")).to_have_text("z = x·y = 2·3 = 6")
