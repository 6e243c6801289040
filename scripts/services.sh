#!/usr/bin/env bash
# Run a command with a PostgreSQL and a Redis of its own, on the loopback, gone afterwards:
#
#   scripts/services.sh .venv/bin/python -m pytest tests/api
#
# They are Debian's packages; what is missing is installed where this may (root, or sudo without a password).
# The command finds them as TEST_DATABASE_URL and TEST_QUEUE_URL.
set -euo pipefail

say() { echo "services: $*" >&2; }

install_missing() {
  local wanted=()
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || wanted+=(postgresql)
  command -v redis-server >/dev/null || wanted+=(redis-server)
  [ ${#wanted[@]} -eq 0 ] && return
  local as=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! sudo -n true 2>/dev/null; then
      say "needs ${wanted[*]}; install with: sudo apt-get install ${wanted[*]}"
      exit 1
    fi
    as=(sudo)
  fi
  say "installing ${wanted[*]}"
  # Only their programs are wanted: no cluster made, no daemon started by the installation.
  "${as[@]}" mkdir -p /etc/postgresql-common
  [ -e /etc/postgresql-common/createcluster.conf ] ||
    echo 'create_main_cluster = false' | "${as[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
  "${as[@]}" apt-get -qq update
  "${as[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -qq install -y --no-install-recommends \
    "${wanted[@]}" >/dev/null
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# PostgreSQL refuses to run as root.
as_postgres() {
  if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

stop() {
  trap - EXIT INT TERM
  [ -n "${redis_pid:-}" ] && kill "$redis_pid" 2>/dev/null && wait "$redis_pid" 2>/dev/null
  [ -f "$folder/postgres/postmaster.pid" ] && as_postgres "$bin/pg_ctl" -D "$folder/postgres" -m immediate stop >/dev/null
  rm -rf "$folder"
}

install_missing
bin=$(dirname "$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -1)")
folder=$(mktemp -d /tmp/hinge-services.XXXXXX)
trap stop EXIT
trap 'exit 130' INT TERM

chmod 755 "$folder"
mkdir "$folder/postgres"
[ "$(id -u)" -eq 0 ] && chown postgres "$folder/postgres"
postgres_port=$(free_port)
(
  cd "$folder"
  as_postgres "$bin/initdb" -D "$folder/postgres" -U postgres -A trust -E UTF8 --locale=C.UTF-8 >/dev/null
  # Nothing of it outlives the tests, so nothing need reach the disk.
  as_postgres "$bin/pg_ctl" -D "$folder/postgres" -w -l "$folder/postgres/log" -o \
    "-p $postgres_port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c full_page_writes=off \
     -c synchronous_commit=off -c max_connections=300" start >/dev/null
)

redis_port=$(free_port)
redis-server --port "$redis_port" --bind 127.0.0.1 --databases 128 --save '' --appendonly no --dir "$folder" --daemonize no \
  >"$folder/redis.log" 2>&1 &
redis_pid=$!
for _ in $(seq 100); do
  redis-cli -p "$redis_port" ping >/dev/null 2>&1 && break
  sleep 0.1
done

export TEST_DATABASE_URL="postgresql://postgres@127.0.0.1:$postgres_port/postgres"
export TEST_QUEUE_URL="redis://127.0.0.1:$redis_port"
say "PostgreSQL on port $postgres_port, Redis on port $redis_port"
"$@"
