"""http-contract judges HTTP/1.1 servers: it sends raw bytes over sockets and checks what comes back.

These are the public names. A teacher's rules and other programs import them from `http_contract`; all other modules
may change.

**Rules.** `Rule`, `Exchange` and `Expectation` describe a rule as data. Inside a check, `expect` raises what a response
does not meet, `first` returns the first response, and `fail` fails the rule with a text of its own. They raise
`RuleFailed`, which contains each `Failure`: a code with its `Params`. `custom` makes a failure with a text of its own.

**Requests.** `request`, `last`, `get`, `head` and `post` return a request as bytes. `Part`, `multipart` and
`multipart_type` make a multipart form.

**Expectations about the status and the header fields.** `Status`, `CLIENT_ERRORS`, `Has`, `Lacks`, `Lists`; `HTML`,
`JSON` and `PROBLEM` are the usual values of Content-Type.

**Expectations about the content.** `SomeBody`, `NoBody`, `BodyContains`, `BodyLacks`, `BodyMatches`, `Shows`; for JSON
`Member`, `MemberOf`, `Records` and `FieldListed`.

**Expectations about the form of a response.** `Complete`, `Framed`, `Without`, `NoInterim`.

**Expectations about the connection.** `Closes`, `Silent`, `NoReset`, `NothingAfter`, `NothingServed`.

**Combined expectations.** `All`, `Either`, `When`, `Nth`.

**The server.** A check gets a `Server`. It opens a `Connection`, whose `Transcript` contains the bytes and each
`Response` with its `FieldLine`s. `ConnectionFailed` means that there was no connection, or no response on it.

**Judging from a program.** `RULES`, `BY_ID` and `STAGES` are the contract, and a `Choice` selects rules. `run` judges
one rule, `judge` several at a running server, and `ResultCache` judges each rule once. A `Scheduler` judges a
`RemoteTarget` or a `LocalTarget` as `contract check` does. `url_from` and `server_at` make a `Server` from a URL. An
`Outcome` is the result of one rule, with a `Skip` if it was skipped and a `Diagnosis` if its cause was found. A
`Report` is the result of all rules. `CannotJudge` means that the judge cannot work.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from http_contract.api import *  # noqa: F403


def __getattr__(name: str) -> Any:
    """Import the public names when the first one is used, so that commands and pytest start without all the rules."""
    return getattr(import_module("http_contract.api"), name)
