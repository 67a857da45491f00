"""A program that decodes images in a sandbox: `python -m liveclass.detection.decoder_child SOCKET MEMORY INPUT PIXELS`.

SOCKET and MEMORY are open file descriptors. The shared memory holds the encoded image, up to INPUT bytes, and after it
the gray pixels, up to PIXELS. A request is a `REQUEST`, an answer one byte; the first answer says that it is ready.
"""

import io
import mmap
import socket
import struct
import sys
import warnings

import numpy as np
from PIL import Image

from liveclass.detection.decoding import DamagedImageError, DecodeRequest, ImageFormat, decode_gray
from liveclass.detection.sandbox import confine

REQUEST = struct.Struct("=BIIBI")
"""A `DecodeRequest`, and the number of encoded bytes."""
READY, READY_WITHOUT_FILTER, DECODED, DAMAGED, TOO_LARGE = b"R", b"r", b"D", b"X", b"M"

_BYTES_PER_PIXEL = 24
"""At most, of all that the decoders hold at once: Pillow's WebP has four copies in colour."""
_OTHER_MEMORY = 64 * 1024 * 1024


def serve(connection: socket.socket, memory: mmap.mmap, input_bytes: int, pixels: int) -> None:
    """Answers until the other end is closed."""
    _warm_up()
    is_filtered = confine(_BYTES_PER_PIXEL * pixels + 2 * input_bytes + _OTHER_MEMORY)
    connection.send(READY if is_filtered else READY_WITHOUT_FILTER)
    view = memoryview(memory)
    while message := connection.recv(REQUEST.size):
        *fields, length = REQUEST.unpack(message)
        connection.send(_answer(DecodeRequest(*fields), view[:length], view[input_bytes:]))


def _answer(request: DecodeRequest, data: memoryview, out: memoryview) -> bytes:
    try:
        decode_gray(request, data, out)
    except DamagedImageError:
        return DAMAGED
    except MemoryError:
        return TOO_LARGE
    return DECODED


def _warm_up() -> None:
    """Has every format decoded once: what Pillow imports only then cannot be imported in the sandbox."""
    warnings.simplefilter("ignore")
    out = memoryview(bytearray(64))
    for kind, name, mode in (
        (ImageFormat.JPEG, "JPEG", "L"),
        (ImageFormat.PNG, "PNG", "P"),
        (ImageFormat.PNG, "PNG", "I;16"),
        (ImageFormat.WEBP, "WEBP", "RGB"),
    ):
        file = io.BytesIO()
        Image.fromarray(np.zeros((8, 8), np.uint16 if mode == "I;16" else np.uint8)).convert(mode).save(file, name)
        for data in (file.getvalue(), file.getvalue()[:-20]):
            _answer(DecodeRequest(kind, 8, 8, 1), memoryview(data), out)


def main() -> None:
    socket_fd, memory_fd, input_bytes, pixels = map(int, sys.argv[1:])
    with socket.socket(fileno=socket_fd) as connection:
        serve(connection, mmap.mmap(memory_fd, 0), input_bytes, pixels)


if __name__ == "__main__":
    main()
