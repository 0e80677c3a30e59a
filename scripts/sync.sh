#!/bin/sh
# Makes .venv hold exactly what uv.lock says. `sync.sh run` installs what the portal needs to run, `sync.sh dev` all.
# uv on PATH, else uv fetched by pip into .tools, else pip with hashes. A second call does nothing.
set -eu
cd "$(dirname "$0")/.."

UV_VERSION=0.13.8
mode=${1:-dev}

fail() {
  printf '%s\n' "sync: $*" >&2
  exit 1
}

case $mode in
  run) groups=--no-dev locked=requirements.lock ;;
  dev) groups=--dev locked=requirements-dev.lock ;;
  *) fail "say 'run' or 'dev', not '$mode'" ;;
esac

# The stamp is the lock file that was installed. All contains what running needs.
is_synced() {
  [ -x .venv/bin/python ] && cmp -s uv.lock ".venv/synced-$1.lock"
}

if is_synced dev || is_synced "$mode"; then
  exit 0
fi

find_python() {
  for candidate in "${PYTHON:-python3}" python3 python3.14 python3.13 python3.12 python3.11; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  fail "Python 3.11 or newer is needed; found $(python3 --version 2>&1 || echo none). Set PYTHON=/path/to/python3 if it lies elsewhere."
}

make_venv() {
  "$python" -c 'import ensurepip, venv' 2>/dev/null ||
    fail "$python cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv"
  "$python" -m venv --clear "$1" || fail "$python -m venv $1 failed."
}

fetch_uv() {
  if ! .tools/bin/uv --version 2>/dev/null | grep -qF "uv $UV_VERSION"; then
    make_venv .tools
    .tools/bin/pip install --quiet --disable-pip-version-check "uv==$UV_VERSION" || return 1
  fi
  uv=.tools/bin/uv
}

with_uv() {
  UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_PROJECT_ENVIRONMENT=.venv \
    "$1" sync --quiet --frozen --no-install-project --python "$python" $groups
}

with_pip() {
  make_venv .venv
  .venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r "$locked"
}

python=$(find_python) || exit 1
rm -f .venv/synced-run.lock .venv/synced-dev.lock
echo "Installing what uv.lock names into .venv ($mode) …" >&2

if uv --version >/dev/null 2>&1 && with_uv uv; then
  :
elif fetch_uv && with_uv "$uv"; then
  :
elif with_pip; then
  :
else
  fail "the packages could not be installed; see the messages above."
fi
cp uv.lock ".venv/synced-$mode.lock"
