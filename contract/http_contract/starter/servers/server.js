// The start of an HTTP server. It listens on the port in its first argument, or on $PORT, and sends no response yet.

const net = require("net");

const HOST = "127.0.0.1";
const PORT = Number(process.argv[2] || process.env.PORT || 8080);

const listener = net.createServer((socket) => {
  // Stage 1 starts here: receive the request, and send a response.
  socket.end();
});
listener.listen(PORT, HOST, () => console.log(`http://${HOST}:${PORT}`));
