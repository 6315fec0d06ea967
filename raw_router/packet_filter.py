"""Packet filters: programs by which the kernel drops what a socket must not receive. Only Linux has them."""

import ctypes
import socket
import struct
from collections.abc import Sequence
from contextlib import suppress
from typing import TypeAlias

Instruction: TypeAlias = tuple[int, int, int, int]  # code, instructions to skip if true, and if false, operand

SO_ATTACH_FILTER = 26
LOAD_OCTET, IF_EQUAL, RETURN = 0x30, 0x15, 0x06
DROP, PASS = (RETURN, 0, 0, 0), (RETURN, 0, 0, 0xFFFFFFFF)


def pass_if_first(octets: Sequence[int]) -> Sequence[Instruction]:
    """Return a program that drops packets that begin with none of some octets."""
    tests = [(IF_EQUAL, len(octets) - index, 0, octet) for index, octet in enumerate(octets)]
    return ((LOAD_OCTET, 0, 0, 0), *tests, DROP, PASS)


def attach(program: Sequence[Instruction], receiver: socket.socket) -> None:
    """Let the kernel filter what a socket receives. Other systems than Linux do nothing."""
    code = b"".join(struct.pack("HBBI", *instruction) for instruction in program)
    octets = ctypes.create_string_buffer(code, len(code))
    with suppress(OSError):
        option = struct.pack("HP", len(program), ctypes.addressof(octets))
        receiver.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, option)
