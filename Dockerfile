# One image; the command picks the part: `serve` (the default), `serve --role api`, `serve --role worker`.
FROM node:22-bookworm-slim AS web
WORKDIR /x8
COPY web/package.json web/package-lock.json web/
RUN npm --prefix web ci
COPY schema.graphql schema.graphql
COPY web web
RUN npm --prefix web run build

FROM rust:1-bookworm AS build
WORKDIR /x8
COPY . .
COPY --from=web /x8/web/dist web/dist
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/x8/target \
    cargo build --release --locked -p x8 && cp target/release/x8 /usr/local/bin/x8

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 x8 \
    && useradd --system --uid 10001 --gid x8 --home-dir /var/lib/x8 --no-create-home --shell /usr/sbin/nologin x8 \
    && install -d -o x8 -g x8 -m 700 /var/lib/x8
COPY --from=build /usr/local/bin/x8 /usr/local/bin/x8
# By number, so that Kubernetes can see that it is not root.
USER 10001
# Workbooks are written by way of a temporary file: in the one folder that can be written where the rest is read-only.
ENV X8_LISTEN=0.0.0.0:8000 X8_DATA_DIR=/var/lib/x8 X8_LOG_FORMAT=json TMPDIR=/var/lib/x8/work
VOLUME /var/lib/x8
EXPOSE 8000
# SIGTERM: running jobs get 20 s, then they go back to the ledger.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["curl", "-fsS", "http://127.0.0.1:8000/readyz"]
ENTRYPOINT ["x8"]
CMD ["serve"]
