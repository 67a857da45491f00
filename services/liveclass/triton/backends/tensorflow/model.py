"""A Triton backend for `platform: "tensorflow_savedmodel"`, written for Triton's Python backend.

NVIDIA removed its own backend of this name after release 25.02. This file in `backends/tensorflow/` replaces it, with
the same model repositories and the same parameters of config.pbtxt, for models with batching:

    TF_NUM_INTRA_THREADS   threads within one CPU operation; 0: all cores
    TF_NUM_INTER_THREADS   operations that run in parallel
    TF_BFLOAT16            1: convolutions and products in bfloat16 on a CPU that has instructions for it; default 0
    TF_SIGNATURE_DEF       the signature to serve; default `serving_default`
    TF_GRAPH_TAG           the graph to load; default `serve`

One process serves one instance of one model version, so all of TensorFlow's memory is freed with the version.
TensorFlow is imported only when a model is loaded, and Triton's own module only in `TritonPythonModel`.
"""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Tensors = Mapping[str, npt.NDArray[Any]]
"""Arrays by the name of an input or output; the first dimension of each is the batch."""


_PRECISION = "TF_AUTO_MIXED_PRECISION_GRAPH_REWRITE"
"""Variables of TensorFlow that say which operations keep their precision."""

Parameter = Callable[[str, str], str]
"""The value of a parameter of config.pbtxt by its name, or the given default."""


class BadRequestError(ValueError):
    """A request does not fit the signature; the message says how."""


class TensorSpec(NamedTuple):
    """Type and shape of a tensor in the signature. `shape` is without the batch dimension; None is any size."""

    dtype: np.dtype[Any]
    shape: tuple[int | None, ...]


class Network:
    """The frozen signature of a SavedModel: variables become constants, which is faster and needs less memory.

    With `batch_sizes` (ascending), batches are padded to the next of these sizes and compiled by XLA, all in the
    constructor, so that no request waits for the compiler. Without, a batch of any size runs as it is.
    Raises `ValueError` if there is no such signature.
    """

    def __init__(
        self,
        saved_model: Path,
        signature: str = "serving_default",
        tag: str = "serve",
        batch_sizes: Sequence[int] = (),
    ) -> None:
        import tensorflow as tf  # noqa: PLC0415  # slow, and Triton also imports this file to read its properties
        from tensorflow.python.framework.convert_to_constants import (  # noqa: PLC0415  # as above
            convert_variables_to_constants_v2,
        )

        loaded = tf.saved_model.load(str(saved_model), tags=[tag])
        if signature not in loaded.signatures:
            known = ", ".join(loaded.signatures) or "none"
            raise ValueError(f"{saved_model} has no signature '{signature}'; it has: {known}")
        function = loaded.signatures[signature]
        specs = function.structured_input_signature[1]
        # TensorFlow orders named arguments and results by name.
        self.inputs = {name: _spec(specs[name]) for name in sorted(specs)}
        self.outputs = sorted(function.structured_outputs)
        self.batch_sizes = tuple(batch_sizes)
        self._constant = tf.constant
        frozen = convert_variables_to_constants_v2(function)
        self._function = tf.function(frozen, jit_compile=True) if self.batch_sizes else frozen
        for size in self.batch_sizes:
            self.run({name: self._blank(spec, size) for name, spec in self.inputs.items()})

    @property
    def compiled_shapes(self) -> int:
        """How many batch sizes have been compiled."""
        return int(self._function.experimental_get_tracing_count()) if self.batch_sizes else 0

    def check(self, tensors: Tensors) -> int:
        """The batch size of a request. Raises `BadRequestError` if its tensors do not fit the signature."""
        sizes = set()
        for name, spec in self.inputs.items():
            if name not in tensors:
                raise BadRequestError(f"input '{name}' is missing")
            tensor = tensors[name]
            if tensor.dtype != spec.dtype:
                raise BadRequestError(f"input '{name}' is {tensor.dtype} instead of {spec.dtype}")
            if not _fits(tensor.shape[1:], spec.shape) or tensor.ndim == 0:
                wanted = ", ".join("?" if size is None else str(size) for size in (None, *spec.shape))
                raise BadRequestError(f"input '{name}' is {list(tensor.shape)} instead of [{wanted}]")
            sizes.add(len(tensor))
        if len(sizes) != 1:
            raise BadRequestError(f"inputs are batches of different sizes: {sorted(sizes)}")
        return sizes.pop()

    def run(self, batch: Tensors) -> dict[str, npt.NDArray[Any]]:
        """The outputs for one batch that fits the signature."""
        size = len(next(iter(batch.values())))
        padded = next((known for known in self.batch_sizes if known >= size), size)
        results = self._function(*(self._constant(_pad(batch[name], padded)) for name in self.inputs))
        return {name: result.numpy()[:size] for name, result in zip(self.outputs, results, strict=True)}

    @staticmethod
    def _blank(spec: TensorSpec, size: int) -> npt.NDArray[Any]:
        return np.zeros([size, *(length or 1 for length in spec.shape)], spec.dtype)


def _spec(tensor: Any) -> TensorSpec:
    return TensorSpec(np.dtype(tensor.dtype.as_numpy_dtype), tuple(tensor.shape)[1:])


def _fits(shape: tuple[int, ...], wanted: tuple[int | None, ...]) -> bool:
    return len(shape) == len(wanted) and all(
        length is None or size == length for size, length in zip(shape, wanted, strict=True)
    )


def _pad(batch: npt.NDArray[Any], size: int) -> npt.NDArray[Any]:
    """`batch` padded with zeros; the results of one item do not depend on the others."""
    missing = size - len(batch)
    return np.concatenate([batch, np.zeros([missing, *batch.shape[1:]], batch.dtype)]) if missing else batch


def answer(network: Network, requests: Sequence[Tensors]) -> list[dict[str, npt.NDArray[Any]] | BadRequestError]:
    """The answers to `requests`, in order; all that fit the signature run as one batch."""
    sizes: dict[int, int] = {}
    answers: list[dict[str, npt.NDArray[Any]] | BadRequestError] = []
    for index, tensors in enumerate(requests):
        answers.append({})
        try:
            sizes[index] = network.check(tensors)
        except BadRequestError as error:
            answers[index] = error
    if not sizes:
        return answers
    fitting = [requests[index] for index in sizes]
    results = network.run({name: _concatenate([tensors[name] for tensors in fitting]) for name in network.inputs})
    start = 0
    for index, size in sizes.items():
        answers[index] = {name: result[start : start + size] for name, result in results.items()}
        start += size
    return answers


def _concatenate(tensors: list[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    return tensors[0] if len(tensors) == 1 else np.concatenate(tensors)


def padded_sizes(max_batch_size: int) -> list[int]:
    """The powers of two below `max_batch_size`, and itself: at most half of a padded batch is wasted."""
    return [2**power for power in range(max_batch_size.bit_length()) if 2**power < max_batch_size] + [max_batch_size]


def import_tensorflow() -> Any:
    """TensorFlow with the kernels of oneDNN.

    By default it uses them only with AVX-512; without it, too, they save a third of the time of a face.
    """
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # read at import
    import tensorflow as tf  # noqa: PLC0415  # slow, as above

    return tf


def configure_cpu(tf: Any, parameter: Parameter, cpuinfo: Path = Path("/proc/cpuinfo")) -> None:
    """Threads and precision, before TensorFlow's first use."""
    tf.config.threading.set_intra_op_parallelism_threads(int(parameter("TF_NUM_INTRA_THREADS", "0")))
    tf.config.threading.set_inter_op_parallelism_threads(int(parameter("TF_NUM_INTER_THREADS", "0")))
    # On other processors oneDNN would emulate bfloat16, which is slower than float32.
    if parameter("TF_BFLOAT16", "0") == "1" and has_bfloat16(cpuinfo):
        # What is answered must sum to 1, which three digits cannot.
        os.environ.update({f"{_PRECISION}_INFERLIST_REMOVE": "Softmax", f"{_PRECISION}_DENYLIST_ADD": "Softmax"})
        tf.config.optimizer.set_experimental_options({"auto_mixed_precision_onednn_bfloat16": True})


def has_bfloat16(cpuinfo: Path) -> bool:
    """Whether the processor computes in bfloat16, by its flags in /proc/cpuinfo."""
    try:
        words = set(cpuinfo.read_text("utf-8").split())
    except OSError:
        return False
    return not words.isdisjoint({"avx512_bf16", "amx_bf16"})


class TritonPythonModel:
    """What Triton's Python backend creates, once per instance."""

    def initialize(self, args: Mapping[str, str]) -> None:
        """Loads the version named in `args`. An error here is what Triton logs and shows for the model."""
        tf = import_tensorflow()
        import triton_python_backend_utils as triton  # noqa: PLC0415  # exists only inside Triton, not in the tests

        self._triton = triton
        config = json.loads(args["model_config"])
        max_batch_size = int(config["max_batch_size"])
        if max_batch_size < 1:
            raise triton.TritonModelException(
                "max_batch_size must be at least 1: this backend serves models that batch"
            )
        parameter = parameters(config)
        configure_cpu(tf, parameter)
        on_gpu = args["model_instance_kind"] == "GPU" and _choose_gpu(tf, int(args["model_instance_device_id"]))
        folder = Path(args["model_repository"]) / args["model_version"]
        self._network: Network | None = Network(
            folder / (config.get("default_model_filename") or "model.savedmodel"),
            parameter("TF_SIGNATURE_DEF", "serving_default"),
            parameter("TF_GRAPH_TAG", "serve"),
            padded_sizes(max_batch_size) if on_gpu else (),
        )

    def execute(self, requests: Sequence[Any]) -> list[Any]:
        """One response per request, in order."""
        network = self._network
        assert network is not None  # noqa: S101  # Triton initialises first
        read = [{tensor.name(): tensor.as_numpy() for tensor in request.inputs()} for request in requests]
        return [self._response(result) for result in answer(network, read)]

    def finalize(self) -> None:
        """Releases the network; Triton ends the process next."""
        self._network = None

    def _response(self, result: "dict[str, npt.NDArray[Any]] | BadRequestError") -> Any:
        triton = self._triton
        if isinstance(result, BadRequestError):
            error = triton.TritonError(str(result), triton.TritonError.INVALID_ARG)
            return triton.InferenceResponse(output_tensors=[], error=error)
        return triton.InferenceResponse([triton.Tensor(name, values) for name, values in result.items()])


def parameters(config: Mapping[str, Any]) -> Parameter:
    """The parameters of config.pbtxt, as Triton has them in JSON."""
    values = {name: value["string_value"] for name, value in config.get("parameters", {}).items()}
    return lambda name, default: values.get(name) or default


def _choose_gpu(tf: Any, device: int) -> bool:
    """Makes TensorFlow use only that GPU and allocate memory as needed; False if TensorFlow does not see it."""
    gpus = tf.config.list_physical_devices("GPU")
    if device >= len(gpus):
        return False
    tf.config.set_visible_devices(gpus[device], "GPU")
    tf.config.experimental.set_memory_growth(gpus[device], True)
    return True
