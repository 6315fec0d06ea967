"""python -m flask_app: Flask's development server on port 8002."""

from flask_app import app

if __name__ == "__main__":  # rosetta: starting
    app.run(port=8002)
