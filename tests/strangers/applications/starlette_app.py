"""Starlette: lifespan with state, server-sent events for a browser, an upload, a file, a background task, an error."""

import asyncio
import contextlib
from pathlib import Path

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, StreamingResponse
from starlette.routing import Route

PAGE = """<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>Events</title><ol id="events"></ol>
<script>
const source = new EventSource("/events")
source.onmessage = event => {
  const item = document.createElement("li")
  item.textContent = event.data
  document.getElementById("events").append(item)
  if (event.data == "2") source.close()
}
</script>"""


@contextlib.asynccontextmanager
async def lifespan(app):
    print("started", flush=True)
    yield {"done": []}
    print("stopped", flush=True)


async def page(request):
    return HTMLResponse(PAGE)


async def events(request):
    async def pieces():
        for number in range(1_000_000):
            yield f"data: {number}\n\n"
            await asyncio.sleep(0.01)

    return StreamingResponse(pieces(), media_type="text/event-stream")


async def upload(request):
    async with request.form() as form:
        return JSONResponse({"text": form["text"], "size": len(await form["file"].read())})


async def source(request):
    return FileResponse(Path(__file__), media_type="text/plain")


async def background(request):
    task = BackgroundTask(request.state.done.append, request.query_params["name"])
    return JSONResponse({"done": request.state.done}, background=task)


async def error(request):
    raise RuntimeError("on purpose")


async def request_data(request):
    return JSONResponse({
        "path": request.url.path,
        "raw_path": request.scope["raw_path"].decode(),
        "client": request.client.host,
        "server": request.scope["server"],
        "headers": [[name.decode(), value.decode()] for name, value in request.headers.raw],
    })  # fmt: skip


application = Starlette(
    routes=[
        Route("/", page),
        Route("/events", events),
        Route("/upload", upload, methods=["POST"]),
        Route("/source", source),
        Route("/background", background),
        Route("/error", error),
        Route("/request/{rest:path}", request_data),
    ],
    lifespan=lifespan,
)
