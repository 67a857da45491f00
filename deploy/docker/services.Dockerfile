# syntax=docker/dockerfile:1
# Detection and session, one image: `docker run IMAGE liveclass.detection` and `docker run IMAGE liveclass.session`.
#
#   docker buildx imagetools inspect python:3.12-slim-bookworm      says the digest
#   docker build -f deploy/docker/services.Dockerfile --build-arg PYTHON_DIGEST=sha256:… -t liveclass/services .
#
# The digest has no default: which base an image stands on is decided when it is built, and written down with it.
ARG PYTHON_DIGEST

FROM python:3.12-slim-bookworm@${PYTHON_DIGEST} AS build
RUN python -m venv /opt/liveclass
ENV PATH=/opt/liveclass/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
# Packages first: they change less often than the code.
COPY requirements.txt deploy/docker/build-requirements.txt ./
RUN pip install --require-hashes -r requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY services services
# setuptools builds the package and is not part of the image.
RUN pip install --require-hashes -r build-requirements.txt \
    && pip install --no-deps --no-build-isolation . \
    && pip uninstall --yes setuptools pip

FROM python:3.12-slim-bookworm@${PYTHON_DIGEST}
COPY --from=build /opt/liveclass /opt/liveclass
COPY deploy/docker/healthcheck.py /opt/liveclass/healthcheck.py
ENV PATH=/opt/liveclass/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 LIVECLASS_LISTEN_HOST=0.0.0.0 LIVECLASS_METRICS_HOST=0.0.0.0
# The session service's database, where it is a file.
RUN install --directory --owner=10001 --group=10001 /data
USER 10001:10001
WORKDIR /data
EXPOSE 50051 50052 9101 9102
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s CMD ["python", "/opt/liveclass/healthcheck.py"]
ENTRYPOINT ["python", "-m"]
CMD ["liveclass.detection"]
