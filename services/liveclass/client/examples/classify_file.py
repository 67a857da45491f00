"""Says what each face of a picture shows. Nothing is stored.

python -m liveclass.client.examples.classify_file class.jpg
"""

# ruff: noqa: T201  # an example prints what it finds

import argparse

from liveclass.client import LiveClass


def main() -> None:
    parser = argparse.ArgumentParser(description="Says what each face of a picture shows.")
    parser.add_argument("picture")
    parser.add_argument("--detection", default="localhost:50051")
    arguments = parser.parse_args()

    with LiveClass(arguments.detection) as lc:
        frame = lc.classify(arguments.picture)
    print(f"{len(frame.faces)} face(s), model version {frame.model_version}")
    for face in frame.faces:
        strongest = ", ".join(f"{emotion.label} {score:.2f}" for emotion, score in face.top(2))
        print(f"{face.box}: {strongest}")


if __name__ == "__main__":
    main()
