"""FastAPI: validation, background tasks, lifespan, a dependency, a synchronous view."""

from contextlib import asynccontextmanager

from fastapi import BackgroundTasks, Depends, FastAPI, Request
from pydantic import BaseModel

done = []


@asynccontextmanager
async def lifespan(app):
    app.state.greeting = "Hello"
    yield


app = FastAPI(lifespan=lifespan)


class Item(BaseModel):
    name: str
    price: float


def greeting(request: Request) -> str:
    return request.app.state.greeting


@app.get("/hello/{name}")
def hello(name: str, words: str = Depends(greeting)):  # synchronous: in a thread of FastAPI's
    return {"text": f"{words} {name}"}


@app.post("/items", status_code=201)
async def create(item: Item, tasks: BackgroundTasks):
    tasks.add_task(done.append, item.name)
    return item


@app.get("/done")
async def list_done():
    return done
