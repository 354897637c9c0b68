# syntax=docker/dockerfile:1

# --- browser assets -----------------------------------------------------------------------------
FROM node:22-slim AS assets
WORKDIR /app
COPY package.json package-lock.json tsconfig.json ./
RUN npm ci --no-audit --no-fund
COPY platform platform
COPY builder_ui builder_ui
COPY packs packs
RUN npm run build

# --- the program ----------------------------------------------------------------------------------
FROM python:3.13-slim
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 \
    PATH=/app/.venv/bin:$PATH \
    FIELDSTONE_DATA=/data FIELDSTONE_HOST=0.0.0.0 FIELDSTONE_LOG_FORMAT=json
WORKDIR /app
COPY requirements.txt ./
RUN python -m venv .venv && pip install --disable-pip-version-check -r requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY src src
COPY platform platform
COPY builder_ui builder_ui
COPY packs packs
COPY --from=assets /app/platform/web/static platform/web/static
RUN pip install --disable-pip-version-check --no-deps --no-build-isolation --editable . \
 && python -m fieldstone.kernel.catalogues \
 && python -m compileall -q platform builder_ui \
 && useradd --system --uid 10001 --home-dir /data fieldstone \
 && install -d -o fieldstone /data
USER fieldstone
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "-c", \
    "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
ENTRYPOINT ["fieldstone"]
CMD ["serve"]
