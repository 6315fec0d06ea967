"""WsgiDAV: a folder over WebDAV, with the methods that come with it."""

import os

from wsgidav.fs_dav_provider import FilesystemProvider
from wsgidav.wsgidav_app import WsgiDAVApp

application = WsgiDAVApp(
    {
        "provider_mapping": {"/": FilesystemProvider(os.environ["STRANGER_FOLDER"])},
        "simple_dc": {"user_mapping": {"*": True}},
        "logging": {"enable": False},
        "verbose": 1,
    }
)
