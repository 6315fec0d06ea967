"""Falcon: JSON, a stream with a length, an unusual status."""

import io

import falcon


class Items:
    def on_get(self, request, response):
        response.media = {"items": [1, 2, 3], "query": request.params}

    def on_post(self, request, response):
        response.media = {"received": request.media}
        response.status = falcon.HTTP_CREATED
        response.location = "/items/4"


class Download:
    def on_get(self, request, response):
        data = bytes(300_000)
        response.set_stream(io.BytesIO(data), len(data))


class Unusual:
    def on_get(self, request, response):
        response.status = "799 Phantom Of The Operator"


application = falcon.App()
application.add_route("/items", Items())
application.add_route("/download", Download())
application.add_route("/unusual", Unusual())
