"""python -m flask_app: Flask's development server, on port 8002 unless told otherwise."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter

from flask_app import app

EXAMPLES = """\
examples:
  python -m flask_app                        on port 8002
  python -m flask_app --port 9000            on another one
  flask --app flask_app run --debug          Flask's own command: with its debugger, started again at each change
"""


def main() -> None:
    parser = ArgumentParser(
        prog="python -m flask_app",
        description="The service on Flask's development server.",
        epilog=EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=8002, help="where to listen (default: %(default)s)")
    app.run(port=parser.parse_args().port)


if __name__ == "__main__":
    main()
