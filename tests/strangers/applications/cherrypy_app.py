"""CherryPy as a WSGI application: parameters, a session in memory, a stream, an upload."""

import cherrypy


class Root:
    @cherrypy.expose
    def index(self, name="nobody"):
        cherrypy.session["visits"] = visits = cherrypy.session.get("visits", 0) + 1
        return f"Hello {name}, visit {visits}"

    @cherrypy.expose
    def stream(self):
        return (f"piece {number}\n" for number in range(3))

    stream._cp_config = {"response.stream": True}

    @cherrypy.expose
    def upload(self, file):
        return f"{file.filename}: {len(file.file.read())}"


cherrypy.config.update({"environment": "embedded", "log.screen": False})
application = cherrypy.Application(Root(), "", {"/": {"tools.sessions.on": True}})
