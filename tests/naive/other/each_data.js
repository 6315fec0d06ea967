// Each data event gets a response, whether or not it contains a whole request; a reset ends the program.
const net = require("net");
const server = net.createServer((socket) => {
  socket.on("data", (data) => {
    const path = data.toString().split(" ")[1];
    const status = path === "/" || path === "/test" ? "200 OK" : "404 Not Found";
    socket.write(`HTTP/1.1 ${status}\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nHello`);
    socket.end();
  });
});
server.listen(Number(process.argv[2]), "127.0.0.1");
