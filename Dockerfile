# syntax=docker/dockerfile:1
# One image for the web process, the worker and the schedule; docker-compose.yml starts each.

FROM node:22-slim AS vendor
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund

FROM python:3.13-slim AS build
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends gettext \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY tools/uv.lock requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r uv.lock \
    && uv venv /venv \
    && uv pip sync --no-cache --compile-bytecode --require-hashes --python /venv requirements.lock
ENV PATH=/venv/bin:$PATH
COPY manage.py ./
COPY lms lms
COPY curricula curricula
COPY templates templates
COPY static static
COPY --from=vendor /app/node_modules node_modules
# Static files are collected under the plainest settings; no secret is in the image.
RUN for catalogue in lms/locale/*/LC_MESSAGES/*.po; do \
        msgfmt --check-format -o "${catalogue%.po}.mo" "$catalogue" || exit 1; \
    done \
    && DATA_DIR=/tmp/build DJANGO_SETTINGS_MODULE=lms.settings.production PUBLIC_BASE_URL=http://build \
        SECRET_KEY=build FIELD_KEYS=build PEPPER=build STATIC_ROOT=/app/static_collected \
        python manage.py collectstatic --noinput --verbosity 0 \
    && rm -rf node_modules /tmp/build

FROM python:3.13-slim
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 1000 --home-dir /data --shell /usr/sbin/nologin yntymak \
    && install --directory --owner yntymak --group yntymak /data
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=lms.settings.production \
    DATA_DIR=/data \
    STATIC_ROOT=/app/static_collected
USER 1000
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(u.Request('http://127.0.0.1:8000/healthz', headers={'Host': os.environ['ALLOWED_HOSTS'].split(',')[0]}), timeout=4)"]
CMD ["granian", "lms.wsgi:application", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--blocking-threads", "1", "--no-ws"]
