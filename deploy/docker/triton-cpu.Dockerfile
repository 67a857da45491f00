# syntax=docker/dockerfile:1
# Triton with the model repository for machines without a GPU: the server of the package nvidia-pytriton, TensorFlow for CPUs
# and the project's own backend, as `make up` runs them. A tenth of NVIDIA's image, which triton.Dockerfile stands on.
#
#   docker build -f deploy/docker/triton-cpu.Dockerfile \
#     --build-arg BASE=docker.io/library/python:3.11-slim-bookworm@sha256:… -t liveclass/triton-cpu .
#
# The package's Triton is 2.51 of 2024, without the fixes of CVE-2026-24207, CVE-2025-23319 and CVE-2025-23316: let nobody but
# detection reach it, as ../kubernetes/components/network-policy does.
ARG BASE

# hadolint ignore=DL3006  # whoever builds names it by its digest
FROM ${BASE} AS build
ENV PATH=/opt/tensorflow/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1 PYTHONHASHSEED=0
RUN python3 -m venv /opt/tensorflow
WORKDIR /src
COPY services/liveclass/triton/requirements.txt ./
RUN pip install --no-compile --require-hashes -r requirements.txt
COPY services/liveclass/triton/backends /opt/tritonserver/backends
COPY deploy/docker/arrange_triton.py ./
# Of the package only the server is used, laid out as in NVIDIA's image. What compiles C++ against TensorFlow goes.
RUN python arrange_triton.py /opt/tritonserver \
    && pip uninstall --yes libclang pip \
    && find /opt/tensorflow/lib -type d -name tests ! -path '*/numpy/*' -prune -exec rm -r {} + \
    && rm -r /opt/tensorflow/lib/python3*/site-packages/tensorflow/include \
    && python -m compileall -q -j 1 --invalidation-mode unchecked-hash /opt/tensorflow/lib

FROM build AS sbom
COPY deploy/docker/sbom-requirements.txt ./
RUN python3 -m venv /opt/sbom \
    && /opt/sbom/bin/pip install --require-hashes -r sbom-requirements.txt \
    && /opt/sbom/bin/cyclonedx-py environment --output-reproducible --output-file /opt/sbom.json /opt/tensorflow

# hadolint ignore=DL3006  # as above
FROM ${BASE}
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="liveclass triton-cpu" \
      org.opencontainers.image.description="NVIDIA Triton with the emotion model of liveclass, for machines without a GPU" \
      org.opencontainers.image.licenses="Apache-2.0 AND BSD-3-Clause" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# A base may come with pip; nothing is installed here any more.
RUN rm -rf /usr/lib/python3*/ensurepip /usr/share/python-wheels /usr/local/bin/pip* /usr/local/lib/python3*/ensurepip \
      /usr/local/lib/python3*/site-packages/pip* /usr/local/lib/python3*/site-packages/setuptools*
COPY --from=build /opt/tensorflow /opt/tensorflow
COPY --from=build /opt/tritonserver /opt/tritonserver
COPY --from=sbom /opt/sbom.json /opt/liveclass/sbom.json
COPY model_repository /models
# Asks the model for a real answer; the probes in deploy/kubernetes/base/triton.yaml run it too.
COPY services/liveclass/triton/probe.py /opt/liveclass/probe.py
ENV PATH=/opt/tensorflow/bin:/opt/tritonserver/bin:$PATH LD_LIBRARY_PATH=/opt/tritonserver/lib \
    HOME=/tmp TF_CPP_MIN_LOG_LEVEL=1 PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
EXPOSE 8001 8002
HEALTHCHECK --interval=5s --timeout=8s --start-period=300s \
  CMD ["python3", "/opt/liveclass/probe.py", "alive"]
ENTRYPOINT ["tritonserver"]
# Over HTTP only the health check asks.
CMD ["--model-repository=/models", "--disable-auto-complete-config", "--exit-timeout-secs=20", \
     "--http-address=127.0.0.1", "--metrics-address=0.0.0.0", \
     "--backend-config=python,stub-timeout-seconds=120"]
