# One client after the other; a client that has gone ends the program by SIGPIPE.
use IO::Socket::INET;
my $server = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $ARGV[0], Listen => 10, ReuseAddr => 1) or die;
while (my $client = $server->accept) {
    my $line = <$client>;
    while (my $field = <$client>) { last if $field eq "\r\n"; }
    my $path = (split / /, $line)[1];
    my $status = $path eq "/" || $path eq "/test" ? "200 OK" : "404 Not Found";
    print $client "HTTP/1.1 $status\nContent-Type: text/html\n\n<h1>Hello</h1>";
    close $client;
}
