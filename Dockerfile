# hinge-check: API and worker, one image. See docs/operations.md.

# What the pages load, exactly as the lockfile says; only its files go on.
FROM node:22-bookworm-slim AS web
WORKDIR /web
COPY api/web/package.json api/web/package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM python:3.11-slim-bookworm

# What MediaPipe and OpenCV load (scripts/check_libraries.py).
RUN apt-get update \
 && apt-get install -y --no-install-recommends libgl1 libegl1 libgles2 libglib2.0-0 \
 && rm -rf /var/lib/apt/lists/*

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app

# Packages first: they change seldom.
COPY pyproject.toml constraints.txt README.md LICENSE NOTICE ./
COPY hinge_check/__init__.py hinge_check/version.py hinge_check/
COPY models/manifest.toml models/manifest.toml
RUN pip install -c constraints.txt -e '.[service,service-postgres,service-redis,service-s3]'

COPY hinge_check hinge_check
COPY api api
COPY --from=web /web/node_modules api/web/node_modules
COPY models models
COPY sample_videos sample_videos
COPY scripts/check_libraries.py scripts/check_libraries.py
# Fails here rather than at the first video. The model's bytes are checked against models/manifest.toml.
RUN python scripts/check_libraries.py && hinge-check models fetch full

RUN useradd --system --uid 10001 --home-dir /data hinge && install -d -o hinge -g hinge -m 0700 /data /store
USER hinge
ENV HINGE_DATA=/data
VOLUME /data
EXPOSE 8000

HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]

# SIGTERM lets answers and a running analysis end (HINGE_JOB_GRACE_S); give the container more than that to stop.
CMD ["hinge-check", "serve", "--host", "0.0.0.0"]
