"""Payloads of DUMP, made here: what RESTORE must take and what it must refuse."""

import struct

POLYNOMIAL = 0x95AC9329AC4BC9B5  # CRC-64 "Jones", its bits reversed
VERSION = 10


def table():
    rows = []
    for byte in range(256):
        for _ in range(8):
            byte = (byte >> 1) ^ POLYNOMIAL if byte & 1 else byte >> 1
        rows.append(byte)
    return rows


TABLE = table()


def crc64(data):
    crc = 0
    for byte in data:
        crc = TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc


def sealed(body, version=VERSION):
    """A value behind its type, with the footer that belongs to it."""
    data = body + struct.pack("<H", version)
    return data + struct.pack("<Q", crc64(data))


def length(n):
    if n < 64:
        return bytes([n])
    return struct.pack(">H", 0x4000 | n) if n < 16384 else b"\x80" + struct.pack(">I", n)


def text(value):
    return length(len(value)) + value


def string(value):
    return b"\x00" + text(value)


# Bodies of strings: bytes, the three forms of integers, LZF; then some that are malformed.
GOOD = [string(b""), string(b"value"), string(b"x" * 300), b"\x00\xc0\x85", b"\x00\xc1\x39\x30", b"\x00\xc2\x15\xcd\x5b\x07",
        b"\x00\xc3\x09\x40\x64" + b"\x01aa\xe0\x57\x00\x01aa"]
BAD = [b"\x00\x20abc", b"\x00\x80\xff\xff\xff\xffabc", b"\x00\xc4", b"\x00\xc3\x03\x40\x64abc", b"\x63" + text(b"x"), b"\xff"]

# Cut so close to the end that Redis takes bytes of the footer for the value's; picket-store refuses them.
CUT = [b"", b"\x00", b"\x00\x05abc", b"\x00\xc0", b"\x00\xc3\x09\x40\x64\x01aa\xe0\x57"]
