# One image for web, worker, timetable and the one-shot jobs; what differs is the command (docker-compose.yml).
FROM python:3.11-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements.txt .
RUN /opt/venv/bin/pip install --require-hashes -r requirements.txt

FROM python:3.11-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 LANG=C.UTF-8 TZ=Asia/Shanghai \
    STATIC_ROOT=/app/static-files
# The fonts of printed forms: rare characters of names that the font in config/fonts lacks.
RUN apt-get update && apt-get install -y --no-install-recommends fonts-noto-cjk && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10001 lingxuan && useradd --uid 10001 --gid lingxuan --home-dir /app --shell /usr/sbin/nologin lingxuan
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY . .
# The keys are for this one command: nothing secret is in the image. Written files go to var/, a volume.
RUN PRODUCTION=1 SECRET_KEY=image HASH_KEY=image FIELD_KEYS=image python manage.py collectstatic --noinput \
 && mkdir -p var tls && chown lingxuan:lingxuan var tls
USER lingxuan
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["python", "deploy/healthy.py", "web"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "1", "--blocking-threads", "4", "config.wsgi:application"]
