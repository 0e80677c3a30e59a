#!/bin/sh
# Prints the path of a Chromium for the browser tests, installing Debian's headless one where that is allowed.
# Prints nothing and says so where there is none: those tests are then skipped (a failure where CI=true).
set -eu

find_browser() {
  for candidate in ${CHROMIUM:+"$CHROMIUM"} chromium-headless-shell chromium google-chrome; do
    if command -v "$candidate" 2>/dev/null; then
      return
    fi
  done
  return 1
}

install_browser() {
  command -v apt-get >/dev/null 2>&1 || return 1
  if [ "$(id -u)" = 0 ]; then
    as_root=
  elif sudo -n true 2>/dev/null; then
    as_root='sudo -n'
  else
    return 1
  fi
  echo "No Chromium found; installing chromium-headless-shell …" >&2
  export DEBIAN_FRONTEND=noninteractive
  { $as_root apt-get -qq update &&
    $as_root apt-get -qq install -y --no-install-recommends chromium-headless-shell fonts-dejavu-core; } >/dev/null
}

find_browser && exit 0
install_browser && find_browser && exit 0
echo "No Chromium, and none may be installed here: browser tests are skipped. Set CHROMIUM=/path/to/chromium to run them." >&2
