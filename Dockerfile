# Two images: the service (the last stage, built by default) and the proxy that stands before it.
# They are not built when the tests run; a test reads this file (tests/architecture).

FROM caddy:2.10-alpine AS caddy
COPY Caddyfile /etc/caddy/Caddyfile
# New volumes take over who owns these folders: the proxy must be able to keep its certificates.
RUN adduser -D -u 10002 caddy && chown -R caddy:caddy /data /config
USER 10002:10002

# The service. `make install` is the only recipe for the environment, here too.
FROM python:3.11-slim-bookworm AS service
RUN apt-get update && apt-get install -y --no-install-recommends make git \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 troly \
    && useradd --create-home --uid 10001 --gid 10001 troly \
    && install -d -o troly -g troly /app /data
USER 10001:10001
WORKDIR /app
# The environment first: it changes seldom, the code often.
COPY --chown=troly:troly pyproject.toml Makefile README.md ./
COPY --chown=troly:troly knowledge/__init__.py knowledge/
COPY --chown=troly:troly index/__init__.py index/
COPY --chown=troly:troly bot/__init__.py bot/
COPY --chown=troly:troly service/__init__.py service/
RUN mkdir -p knowledge/reading index/training bot/channels bot/forms service/admin service/broadcasts service/commands \
      service/delivery service/duties service/library service/routes service/storage/migrations/versions \
    && make install
COPY --chown=troly:troly . .

ENV TROLY_DATA_DIR=/data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s \
  CMD ["/app/.venv/bin/python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["/app/.venv/bin/troly", "serve", "--host", "0.0.0.0", "--port", "8000"]
