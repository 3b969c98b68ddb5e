"""A notebook in JupyterLab: a picture and a player show themselves, and a click steps."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="needs the extra: pip install 'glassgrad[browser]'")
pytest.importorskip("jupyterlab", reason="needs the extra: pip install 'glassgrad[browser]'")

CELLS = [
    "from autograd import Value, draw, steps\nx, y = Value(2, 'x'), Value(3, 'y')\nz = x * y\nz.backward(5)",
    "draw(z, show='all')",
    "steps(z, grad=5)",
]
READY = """async () => {
    const app = window.jupyterapp;
    await app.restored;
    const session = app.shell.currentWidget.sessionContext;
    await session.ready;
    while (session.session.kernel.status !== 'idle') await new Promise(done => setTimeout(done, 50));
    await app.commands.execute('notebook:run-all-cells');
}"""


@pytest.fixture
def notebook(tmp_path):
    """The address of a notebook in a JupyterLab of its own, which writes nowhere but in a folder of the test's."""
    cells = [
        {"cell_type": "code", "id": f"c{i}", "source": source, "metadata": {}, "outputs": [], "execution_count": None}
        for i, source in enumerate(CELLS)
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    content = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    root = tmp_path / "notebooks"
    root.mkdir()
    (root / "steps.ipynb").write_text(json.dumps(content), "utf-8")
    settings = tmp_path / "settings"
    settings.mkdir()
    quiet = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}
    (settings / "overrides.json").write_text(json.dumps(quiet), "utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(16)
    folders = {
        name: str(tmp_path / name.lower())
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "HOME")
    }
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}", "--allow-root"),
        *(f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={root}", "--LabApp.extension_manager=readonly"),
        *("--LabApp.expose_app_in_browser=True", f"--LabServerApp.app_settings_dir={settings}"),
    ]
    environment = {**os.environ, **folders}
    server = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True)
    log = server.stderr
    assert any("is running at" in line for line in log), "JupyterLab did not start"
    drain = threading.Thread(target=log.read)  # a full pipe would stop the server
    drain.start()
    yield f"http://127.0.0.1:{port}/doc/tree/steps.ipynb?token={token}&reset"
    os.killpg(server.pid, signal.SIGKILL)
    server.wait()
    drain.join()
    log.close()


def test_a_notebook_shows_a_picture_and_steps(notebook, page):
    page.goto(notebook)
    page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=60_000)
    page.evaluate(READY)
    picture = page.locator(".jp-OutputArea-output img[alt^='v1 = x·y = 6']")
    playwright.expect(picture).to_be_visible(timeout=60_000)
    assert picture.evaluate("image => image.naturalWidth") > 300
    player = page.frame_locator(".jp-OutputArea-output iframe")
    caption = player.locator("[aria-live=polite]")
    before = caption.inner_text()
    player.get_by_role("button", name="Next").click()
    playwright.expect(caption).not_to_have_text(before)
