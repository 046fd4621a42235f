# The portolan command, for every service of docker-compose.yml. Every package is pinned by hash.
FROM python:3.11.17-slim-trixie AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /build
COPY requirements/build.txt requirements/runtime.txt requirements/
RUN python -m venv /opt/portolan \
    && /opt/portolan/bin/pip install --require-hashes -r requirements/runtime.txt \
    && pip install --require-hashes -r requirements/build.txt
COPY pyproject.toml README.md ./
COPY portolan portolan
COPY workflows workflows
COPY activities activities
COPY worker worker
COPY starter starter
RUN pip wheel --no-build-isolation --no-deps --wheel-dir /wheels . \
    && /opt/portolan/bin/pip install --no-index --no-deps /wheels/*.whl

FROM python:3.11.17-slim-trixie
RUN useradd --system --uid 10001 --user-group --no-create-home --home-dir /data portolan \
    && install --directory --owner portolan --group portolan --mode 0750 /data
COPY --from=build /opt/portolan /opt/portolan
ENV PATH=/opt/portolan/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PORTOLAN_DATA_DIR=/data
WORKDIR /data
USER 10001
ENTRYPOINT ["portolan"]
