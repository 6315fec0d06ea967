"""Quart: a form, a generator, a session."""

from quart import Quart, request, session

app = Quart(__name__)
app.secret_key = "secret of a test"


@app.post("/form")
async def form():
    fields = await request.form
    session["text"] = fields["text"]
    return {"text": fields["text"]}


@app.get("/text")
async def text():
    return session.get("text", "nothing")


@app.get("/stream")
async def stream():
    async def pieces():
        for number in range(3):
            yield f"piece {number}\n".encode()

    return pieces(), 200, {"Content-Type": "text/plain"}
