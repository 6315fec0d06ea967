"""Echo with coroutines: asyncio watches the sockets, and each conversation reads from top to bottom again.
It cannot call anything that blocks: one `time.sleep(1)` stops all clients for a second."""

import asyncio
import sys
from contextlib import suppress

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8080


async def main():
    server = await asyncio.start_server(echo, "127.0.0.1", PORT)
    print(f"Listening on port {server.sockets[0].getsockname()[1]}", flush=True)
    await asyncio.Event().wait()  # nobody sets it: until Ctrl-C


async def echo(reader, writer):
    with suppress(ConnectionError, asyncio.CancelledError):  # Ctrl-C cancels each conversation
        while data := await reader.read(4096):
            writer.write(data)
            await writer.drain()  # waits until the client takes it
    writer.close()


with suppress(KeyboardInterrupt):
    asyncio.run(main())
