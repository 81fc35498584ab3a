#!/bin/sh
# Builds a PgBouncer that keeps prepared statements (1.21 and newer, as Neon's) from Debian's own source package, for a
# Debian whose package is older. It goes to ~/.cache/tasks-api, where the test bed looks first; a second run does
# nothing. Needs root for the build dependencies, and changes nothing else about the machine.
set -eu
target="$HOME/.cache/tasks-api/pgbouncer"
[ -x "$target" ] && exit 0
suite=${1:-trixie}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources 2>/dev/null | grep -v '^ *#' |
  grep -oE 'https?://[^ ]+/debian/?( |$)' | head -1)
[ -n "$mirror" ] || { echo "no Debian mirror among the machine's package sources" >&2; exit 1; }
apt-get install -y --no-install-recommends gcc make pkg-config libevent-dev libssl-dev dpkg-dev >"$work/log" 2>&1 ||
  { cat "$work/log" >&2; exit 1; }
mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$work/sources.list"
chmod -R a+rX "$work"
cd "$work"
set -- -qq -o APT::Sandbox::User=root -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null \
  -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache"
apt-get "$@" update
apt-get "$@" source pgbouncer >>"$work/log" 2>&1
cd "$work"/pgbouncer-*/
./configure --without-cares >>"$work/log" 2>&1
make -j2 pgbouncer >>"$work/log" 2>&1 || { tail -20 "$work/log" >&2; exit 1; }
install -D -m 755 pgbouncer "$target"
"$target" --version | head -1
