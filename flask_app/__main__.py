"""python -m flask_app: Flask's development server, by default on port 8002."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter

from flask_app import app

EXAMPLES = """\
examples:
  python -m flask_app                        on port 8002
  python -m flask_app --port 9000            on another port
  flask --app flask_app run --debug          Flask's own command, with debugger and reloader
"""


def main() -> None:
    parser = ArgumentParser(
        prog="python -m flask_app",
        description="Serve the Flask application on Flask's development server.",
        epilog=EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=8002, help="port to listen on (default: %(default)s)")
    app.run(port=parser.parse_args().port)


if __name__ == "__main__":
    main()
