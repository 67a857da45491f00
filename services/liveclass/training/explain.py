"""What a network learned: its first filters, what its layers see in a face, and where it looks (Grad-CAM)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import keras
import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure, SubFigure
from scipy.special import softmax

from liveclass.emotions import LABELS
from liveclass.preprocessing import FACE_SIZE, Box, GrayImage, crop_face
from liveclass.training.errors import TrainingError
from liveclass.vision.faces import HaarDetector

CHANNELS = 32
"""Most feature maps that are drawn of a layer, those that answer most."""

SMALLEST_FACE = 30


class ExplainError(TrainingError):
    """There is nothing to explain; the message says why."""


@dataclass(frozen=True)
class Attention:
    """Where the network looks for one emotion: `map` [48, 48] in 0…1, and its `score`."""

    emotion: str
    score: float
    map: npt.NDArray[np.float32]


def read_faces(path: Path) -> tuple[list[npt.NDArray[np.uint8]], list[Box]]:
    """The faces [48, 48, 1] in the image at `path`, largest first, and where they are in it.

    A 48×48 image is a face already, and has no place.

    Raises `ExplainError` where the image cannot be read or has no face.
    """
    if not path.is_file():
        raise ExplainError(f"there is no file {path}")
    image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if image is None:
        raise ExplainError(f"{path} is not an image that can be read")
    gray: GrayImage = image.astype(np.uint8, copy=False)
    if gray.shape == (FACE_SIZE, FACE_SIZE):
        return [gray[..., np.newaxis]], []
    found = HaarDetector().detect(gray, SMALLEST_FACE)
    if not found:
        raise ExplainError(f"{path} shows no upright face of at least {SMALLEST_FACE} pixels")
    boxes: list[Box] = sorted((detection.box for detection in found), key=lambda box: -box.width)
    return [crop_face(gray, box) for box in boxes], boxes


def convolutions(model: keras.Model) -> list[str]:
    """The names of the layers whose feature maps can be drawn, first to last."""
    kinds = (keras.layers.Conv2D, keras.layers.SeparableConv2D)
    return [layer.name for layer in model.layers if isinstance(layer, kinds)]


def attention(model: keras.Model, face: npt.NDArray[np.uint8], most: int = 2) -> list[Attention]:
    """Grad-CAM (Selvaraju et al., 2017) of the `most` likely emotions of `face` [48, 48, 1], likeliest first.

    It weighs the maps of the last layer that still is an image of more than one pixel by how much the emotion's
    logit grows with each. Raises `ExplainError` where Keras runs on another backend than TensorFlow.
    """
    if keras.backend.backend() != "tensorflow":
        raise ExplainError("Grad-CAM needs gradients from TensorFlow; set KERAS_BACKEND=tensorflow")
    import tensorflow as tf  # noqa: PLC0415  # only where Keras runs on it

    watched = keras.Model(model.inputs[0], [_last_image(model), model.outputs[0]])
    with tf.GradientTape(persistent=True) as tape:
        maps, logits = watched(face[np.newaxis], training=False)
        logits = logits[:, -1]  # of the votes, where the network answers them
        chosen = np.argsort(-logits[0].numpy())[:most]
        targets = {int(index): logits[0, int(index)] for index in chosen}
    scores = softmax(logits[0].numpy())
    return [
        Attention(
            LABELS[index], float(scores[index]), _weighted(maps[0].numpy(), tape.gradient(target, maps)[0].numpy())
        )
        for index, target in targets.items()
    ]


def _last_image(model: keras.Model) -> Any:
    """The output of the last layer before the image is averaged or flattened, for 48×48."""
    concrete = keras.models.clone_model(model, input_tensors=keras.Input((FACE_SIZE, FACE_SIZE, 1), dtype="uint8"))
    places = [
        index
        for index, layer in enumerate(concrete.layers)
        if len(layer.output.shape) == 4 and min(layer.output.shape[1:3]) > 1
    ]
    return model.layers[places[-1]].output


def _weighted(maps: npt.NDArray[np.float32], gradients: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    strength = np.maximum((maps * gradients.mean(axis=(0, 1))).sum(axis=-1), 0)
    enlarged = cv2.resize(strength / max(strength.max(), 1e-9), (FACE_SIZE, FACE_SIZE), interpolation=cv2.INTER_CUBIC)
    return np.asarray(enlarged, np.float32).clip(0, 1)


def draw_attention(faces: Sequence[npt.NDArray[np.uint8]], looks: Sequence[Sequence[Attention]]) -> Figure:
    """A row for each face: the face, and beside it where the network looks for its likeliest emotions."""
    columns = 1 + len(looks[0])
    figure = Figure(figsize=(2.6 * columns, 2.9 * len(faces)), layout="constrained")
    for row, face, look in zip(figure.subplots(len(faces), columns, squeeze=False), faces, looks, strict=True):
        for axes in row:
            axes.imshow(face[..., 0], cmap="gray", vmin=0, vmax=255)
            axes.axis("off")
        row[0].set_title("what the network gets", fontsize=10)
        for axes, one in zip(row[1:], look, strict=True):
            axes.imshow(one.map, cmap="jet", alpha=0.45, vmin=0, vmax=1)
            axes.set_title(f"{one.emotion} {one.score:.2f}", fontsize=10)
    return figure


def draw_summary(model: keras.Model, face: npt.NDArray[np.uint8]) -> Figure:
    """On one picture: Grad-CAM of `face` [48, 48, 1], filters of the first layer, maps of a middle and the last one."""
    looks, filters, names = attention(model, face), _first_filters(model), convolutions(model)
    middle, last = (_strongest_maps(model, face, name)[0] for name in (names[len(names) // 2], names[-1]))
    figure = Figure(figsize=(10, 2.2), layout="constrained")
    seen, first, halfway, end = np.asarray(figure.subfigures(1, 4, width_ratios=[4, 2, 2, 2]))
    seen.suptitle("what it gets, where it looks", fontsize=9)
    for axes, look in zip(seen.subplots(1, 1 + len(looks)), (None, *looks), strict=True):
        axes.imshow(face[..., 0], cmap="gray", vmin=0, vmax=255)
        axes.axis("off")
        if look:
            axes.imshow(look.map, cmap="jet", alpha=0.45, vmin=0, vmax=1)
            axes.set_title(f"{look.emotion} {look.score:.2f}", fontsize=8)
    first.suptitle("filters of the first layer", fontsize=9)
    _draw_tiles(first, filters[:16], 4, [float(np.abs(kernel).max()) for kernel in filters])
    for place, images, title in ((halfway, middle, "maps of a middle layer"), (end, last, "maps of the last")):
        place.suptitle(title, fontsize=9)
        _draw_tiles(place, images[:16], 4)
    return figure


def draw_filters(model: keras.Model) -> Figure:
    """The kernels of the first convolution: light weighs positive, dark negative, gray nothing."""
    kernels, name = _first_filters(model), convolutions(model)[0]
    limits = [float(np.abs(kernel).max()) for kernel in kernels]
    return _tiles(kernels, f"{name}: {len(kernels)} filters of {'×'.join(map(str, kernels.shape[1:]))}", limits)


def _first_filters(model: keras.Model) -> npt.NDArray[np.float32]:
    """The kernels of the first convolution [filters, height, width]."""
    kernel = keras.ops.convert_to_numpy(model.get_layer(convolutions(model)[0]).kernel)
    return np.moveaxis(kernel[:, :, 0], -1, 0)


def draw_features(model: keras.Model, face: npt.NDArray[np.uint8], name: str) -> Figure:
    """What the layer `name` answers to `face` [48, 48, 1], strongest maps first.

    Raises `ExplainError` for a layer that is not one of `convolutions`.
    """
    names = convolutions(model)
    if name not in names:
        raise ExplainError(f"the network has no convolution '{name}'; it has: {', '.join(names)}")
    images, of = _strongest_maps(model, face, name)
    size = "×".join(map(str, images.shape[1:]))
    return _tiles(images, f"{name}: the {len(images)} strongest of {of} maps, {size} pixels")


def _strongest_maps(model: keras.Model, face: npt.NDArray[np.uint8], name: str) -> tuple[npt.NDArray[np.float32], int]:
    """At most `CHANNELS` maps [maps, height, width] of the layer `name`, strongest first, and how many it has."""
    maps = keras.Model(model.inputs[0], model.get_layer(name).output)(face[np.newaxis], training=False)
    images = np.moveaxis(keras.ops.convert_to_numpy(maps)[0].astype(np.float32), -1, 0)
    return images[np.argsort(-images.std(axis=(1, 2)), kind="stable")[:CHANNELS]], len(images)


def _tiles(images: npt.NDArray[np.float32], title: str, limits: Sequence[float] | None = None) -> Figure:
    columns = 8
    figure = Figure(figsize=(columns, -(-len(images) // columns) + 0.5), layout="constrained")
    figure.suptitle(title)
    _draw_tiles(figure, images, columns, limits)
    return figure


def _draw_tiles(
    place: Figure | SubFigure,
    images: npt.NDArray[np.float32],
    columns: int,
    limits: Sequence[float] | None = None,
) -> None:
    """`images` in rows of `columns`: in gray from −limit to limit, or in colours over each one's own range."""
    axes_of_all = place.subplots(-(-len(images) // columns), columns, squeeze=False).ravel()
    for axes in axes_of_all:
        axes.axis("off")
    for index, (axes, image) in enumerate(zip(axes_of_all, images, strict=False)):
        limit = limits[index] if limits else None
        axes.imshow(image, cmap="gray" if limits else "viridis", vmin=-limit if limit else None, vmax=limit)
