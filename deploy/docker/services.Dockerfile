# syntax=docker/dockerfile:1
# Detection, session and the gateway's pages, one image: `docker run IMAGE liveclass.detection`, `… liveclass.session`, `… liveclass.web`.
#
#   docker buildx imagetools inspect python:3.11-slim-bookworm      says the digest
#   docker build -f deploy/docker/services.Dockerfile \
#     --build-arg BASE=docker.io/library/python:3.11-slim-bookworm@sha256:… -t liveclass/services .
#
# The base has no default: what an image stands on is decided when it is built, and written down with it. It is any Debian
# or Ubuntu with Python 3.10 to 3.12 and its venv; `make images` makes one of Debian's packages, without a registry.
ARG BASE

# hadolint ignore=DL3006  # whoever builds names it by its digest
FROM ${BASE} AS build
ENV PATH=/opt/liveclass/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1 PYTHONHASHSEED=0
RUN python3 -m venv /opt/liveclass
WORKDIR /src
# Packages first: they change less often than the code.
COPY requirements.txt deploy/docker/build-requirements.txt ./
RUN pip install --no-compile --require-hashes -r requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY services services
# setuptools builds the package and is not part of the image, nor are the packages' own tests. Byte code is named by its
# source's content, so that two builds are the same.
RUN pip install --no-compile --require-hashes -r build-requirements.txt \
    && pip install --no-compile --no-deps --no-build-isolation . \
    && pip uninstall --yes setuptools pip \
    && find /opt/liveclass/lib -type d -name tests ! -path '*/numpy/*' -prune -exec rm -r {} + \
    && python -m compileall -q -j 1 --invalidation-mode unchecked-hash /opt/liveclass/lib
COPY deploy/docker/healthcheck.py /opt/liveclass/

FROM build AS sbom
COPY deploy/docker/sbom-requirements.txt ./
RUN python3 -m venv /opt/sbom \
    && /opt/sbom/bin/pip install --require-hashes -r sbom-requirements.txt \
    && /opt/sbom/bin/cyclonedx-py environment --output-reproducible --output-file /opt/sbom.json /opt/liveclass

# hadolint ignore=DL3006  # as above
FROM ${BASE}
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="liveclass services" \
      org.opencontainers.image.description="Detection, session and the gateway's pages of liveclass" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# A base may come with pip; nothing is installed here any more. /data is for the session service's database, where it is a file.
RUN rm -rf /usr/lib/python3*/ensurepip /usr/share/python-wheels /usr/local/bin/pip* /usr/local/lib/python3*/ensurepip \
      /usr/local/lib/python3*/site-packages/pip* /usr/local/lib/python3*/site-packages/setuptools* \
    && install --directory --owner=10001 --group=10001 /data
COPY --from=build /opt/liveclass /opt/liveclass
COPY --from=sbom /opt/sbom.json /opt/liveclass/sbom.json
ENV PATH=/opt/liveclass/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 LIVECLASS_LISTEN_HOST=0.0.0.0 LIVECLASS_METRICS_HOST=0.0.0.0
USER 10001:10001
WORKDIR /data
EXPOSE 50051 50052 9101 9102
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s CMD ["python", "/opt/liveclass/healthcheck.py"]
ENTRYPOINT ["python", "-m"]
CMD ["liveclass.detection"]
