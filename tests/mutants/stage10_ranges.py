"""Broken servers for stage 10, Files and caching: Range."""

import re
from collections.abc import Callable

from raw_router.messages import Request, Response
from tests.mutants.serving import Mutant, Serve, answering, with_body, with_field

START = 5  # octets that are asked for


def ranged(pattern: str, change: Callable[[Request, Response], Response]) -> Serve:
    """Change the responses to requests for files whose Range matches."""

    def changed(request: Request, response: Response) -> Response:
        asked = re.fullmatch(pattern, request.field("Range") or "") and response.status == 200
        return change(request, response) if asked else response

    return answering(changed)


def part(request: Request, response: Response) -> Response:
    """Return the first octets, as a correct server sends them."""
    size = len(response.content)
    return with_field(
        with_body(response, response.content[:START])._replace(status=206), "Content-Range", f"bytes 0-4/{size}"
    )


def part_if_same(request: Request, response: Response) -> Response:
    return response if request.field("If-Range") else part(request, response)


def all_as_part(request: Request, response: Response) -> Response:
    return with_body(part_if_same(request, response), response.content)


def part_untold(request: Request, response: Response) -> Response:
    return response if request.field("If-Range") else with_body(response, response.content[:START])._replace(status=206)


def nothing(request: Request, response: Response) -> Response:
    return with_body(response, b"")._replace(status=206)


def failed(request: Request, response: Response) -> Response:
    return response._replace(status=500)


MUTANTS = (
    Mutant(id="all-as-part", breaks=("ranges-part",), serve=ranged("bytes=0-4", all_as_part)),
    Mutant(id="part-without-its-place", breaks=("ranges-part",), serve=ranged("bytes=0-4", part_untold)),
    Mutant(id="nothing-as-part", breaks=("ranges-outside",), serve=ranged("bytes=9.*", nothing)),
    Mutant(id="fails-at-range", breaks=("ranges-outside",), serve=ranged("bytes=x-y", failed)),
    Mutant(id="any-unit", breaks=("ranges-unit",), serve=ranged(".*=0-4", part_if_same)),
    Mutant(id="if-range-ignored", breaks=("ranges-if-range",), serve=ranged("bytes=0-4", part)),
)
