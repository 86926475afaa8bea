# syntax=docker/dockerfile:1
# One image for the web process, the worker, the schedule and the migrations; docker-compose.yml starts each.
# Whatever is built here is built by the Makefile, as on any other machine; this file adds the system's packages.

FROM node:22-slim AS vendor
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends make \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
# Without the packages that only tests use.
ENV NODE_ENV=production
COPY Makefile package.json package-lock.json .npmrc ./
RUN make node_modules/.installed

FROM python:3.13-slim AS build
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends gettext make \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
# Without what tests and checks need.
ENV LOCK=requirements.lock \
    UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy
COPY Makefile .python-version requirements.lock ./
COPY tools/uv.lock tools/
RUN make env
COPY --from=vendor /app ./
COPY manage.py ./
COPY lms lms
COPY curricula curricula
COPY templates templates
COPY static static
# No secret is needed for it, and none is in the image.
RUN DATA_DIR=/tmp/build STATIC_ROOT=/app/static_collected make static \
    && rm -rf /tmp/build .tools

FROM python:3.13-slim
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 1000 --home-dir /tmp --shell /usr/sbin/nologin yntymak \
    && install --directory --owner yntymak /data /backups
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=lms.settings.production \
    DATA_DIR=/data \
    STATIC_ROOT=/app/static_collected
USER 1000
VOLUME /data
EXPOSE 8000
# Asks as the proxy does: under the site's own name.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import os, urllib.parse as p, urllib.request as u; u.urlopen(u.Request('http://127.0.0.1:8000/healthz', headers={'Host': p.urlsplit(os.environ['PUBLIC_BASE_URL']).netloc}), timeout=4)"]
CMD ["granian", "lms.wsgi:application", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "1", "--blocking-threads", "1", "--no-ws", "--workers-kill-timeout", "10", "--log-level", "warning"]
