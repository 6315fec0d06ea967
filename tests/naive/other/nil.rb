# One client after the other; gets returns nil for a client that sends nothing, which ends the program.
require "socket"

server = TCPServer.new("127.0.0.1", ARGV[0].to_i)
loop do
  client = server.accept
  path = client.gets.split(" ")[1]
  loop { break if client.gets.strip.empty? }
  status, page = ["/", "/test"].include?(path) ? ["200 OK", "<h1>Hello</h1>"] : ["404 Not Found", "<h1>Not found</h1>"]
  client.write "HTTP/1.1 #{status}\r\nContent-Type: text/html\r\nContent-Length: #{page.bytesize}\r\n\r\n#{page}"
  client.close
end
