"""Makes an H.264 video of one picture (needs PyAV): python picture_to_video.py PICTURE VIDEO SECONDS."""

import sys
from fractions import Fraction

import av

FRAMES_PER_SECOND = 10

picture_path, video_path, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
with av.open(picture_path) as picture, av.open(video_path, "w") as video:
    frame = next(picture.decode(video=0)).reformat(format="yuv420p")
    stream = video.add_stream("libx264", rate=FRAMES_PER_SECOND, options={"tune": "zerolatency"})
    stream.width, stream.height, stream.pix_fmt, stream.gop_size = frame.width, frame.height, "yuv420p", 10
    for index in range(round(seconds * FRAMES_PER_SECOND)):
        frame.pts, frame.time_base = index, Fraction(1, FRAMES_PER_SECOND)
        video.mux(stream.encode(frame))
    video.mux(stream.encode())
