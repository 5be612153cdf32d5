"""The container that JUCE hosts put around a VST3's own state."""

import re
import struct

# The characters of the framework's base 64, and the number at the container's head.
ALPHABET = ".ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+"
MAGIC = 0x21324356


def encode(data):
    bits = int.from_bytes(data, "little")
    count = (len(data) * 8 + 5) // 6
    digits = "".join(ALPHABET[bits >> 6 * place & 63] for place in range(count))
    return f"{len(data)}.{digits}"


def decode(text):
    size, digits = text.split(".", 1)
    bits = sum(ALPHABET.index(digit) << 6 * place for place, digit in enumerate(digits))
    return (bits & (1 << 8 * int(size)) - 1).to_bytes(int(size), "little")


def unwrap(container):
    xml = container[8:].rstrip(b"\0").decode()
    return decode(re.search(r"<IComponent>(.*?)</IComponent>", xml).group(1))


def wrap(state):
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?> <VST3PluginState>'
        f"<IComponent>{encode(state)}</IComponent></VST3PluginState>"
    ).encode()
    return struct.pack("<II", MAGIC, len(xml)) + xml + b"\0"
