"""What the tests say to a host: a JSON request on each line of standard input, its answer on standard
output."""

import json
import sys


def answer(value):
    print(json.dumps({"answer": value}), flush=True)


def serve(host):
    """Does what each request names, until nobody asks any more."""
    for line in sys.stdin:
        request = json.loads(line)
        action = getattr(host, request.pop("do"))
        try:
            answer(action(**request))
        except Exception as error:  # The caller decides what a refusal means.
            print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)
