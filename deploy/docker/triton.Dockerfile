# syntax=docker/dockerfile:1
# NVIDIA Triton with the model repository and something that runs TensorFlow models.
#
#   docker build -f deploy/docker/triton.Dockerfile --build-arg TRITON_DIGEST=sha256:… -t liveclass/triton .
#
# BACKEND=python (default)  TensorFlow for GPU and CPU, and the project's own backend. Any release; use 26.03 or later,
#                           which has the fixes of CVE-2026-24207, CVE-2025-23319 and CVE-2025-23316.
# BACKEND=native            NVIDIA's C++ backend, which ended with 25.02: the same models and config.pbtxt, but a
#                           release with known holes. For comparison, not for production:
#                           --build-arg BACKEND=native --build-arg TRITON_TAG=25.02-py3 --build-arg TRITON_DIGEST=…
#
# `docker buildx imagetools inspect nvcr.io/nvidia/tritonserver:26.03-py3` says the digest; it has no default, as in
# services.Dockerfile.
ARG BACKEND=python
ARG TRITON_TAG=26.03-py3
ARG TRITON_DIGEST

FROM nvcr.io/nvidia/tritonserver:${TRITON_TAG}@${TRITON_DIGEST} AS backend-native

FROM nvcr.io/nvidia/tritonserver:${TRITON_TAG}@${TRITON_DIGEST} AS backend-python
COPY deploy/docker/triton-requirements.txt /tmp/requirements.txt
# In a folder of their own: the image's own Python packages stay as NVIDIA tested them.
RUN python3 -m pip install --no-cache-dir --require-hashes --only-binary=:all: \
      --target /opt/tensorflow -r /tmp/requirements.txt \
    && rm /tmp/requirements.txt
ENV PYTHONPATH=/opt/tensorflow
COPY services/liveclass/triton/backends/tensorflow/model.py /opt/tritonserver/backends/tensorflow/model.py

# hadolint ignore=DL3006  # the stage's base is pinned above
FROM backend-${BACKEND}
COPY model_repository /models
# Asks the model for a real answer; the probes in deploy/kubernetes/base/triton.yaml run it too.
COPY services/liveclass/triton/probe.py /opt/liveclass/probe.py
ENV HOME=/tmp TF_CPP_MIN_LOG_LEVEL=1 PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
EXPOSE 8001 8002
HEALTHCHECK --interval=5s --timeout=8s --start-period=300s \
  CMD ["python3", "/opt/liveclass/probe.py", "alive"]
ENTRYPOINT ["tritonserver"]
# Over HTTP only the health check asks.
CMD ["--model-repository=/models", "--disable-auto-complete-config", "--exit-timeout-secs=20", \
     "--http-address=127.0.0.1", "--metrics-address=0.0.0.0", \
     "--backend-config=python,stub-timeout-seconds=120"]
