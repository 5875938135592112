# What every script in bin/ shares. Source it first: it enters the project's folder.
#
#   o2c_setup [dev]     Python packages and system libraries; `dev` adds what tests need
#   o2c_serve CMD ...   run a command with DATABASE_URL, REDIS_URL and SECRET_KEY of throw-away
#                       servers (those already set are kept); `--state FOLDER CMD` keeps the data
#   o2c_step TITLE NAME CMD ...   run a command quietly, its output in .o2c/log/NAME.log
#   o2c_fail MESSAGE    say in one line what is wrong and what to do, and stop
#
# Written for bash 3.2, which is what macOS has.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

O2C_ROOT=$PWD
O2C_LOGS=.o2c/log
O2C_DEBS=$O2C_ROOT/.o2c/deb
O2C_PYTHON=.venv/bin/python
mkdir -p "$O2C_LOGS"

o2c_fail() {
  printf '\n%s\n' "$1" >&2
  exit 1
}

o2c_step() {
  local title=$1 log=$O2C_LOGS/$2.log started=$SECONDS
  shift 2
  printf '  %s ' "$title"
  if "$@" >"$log" 2>&1 </dev/null; then
    printf '(%d s)\n' $((SECONDS - started))
    return
  fi
  printf 'failed\n'
  o2c_fail "$title failed: $(grep -v '^ *$' "$log" | tail -n 1). Details: $log"
}

o2c_setup() {
  local kind=${1:-}
  local libraries_pid='' status=0
  _o2c_use_unpacked
  if [ -n "$(_o2c_missing_packages "$kind")" ]; then
    _o2c_install_packages "$kind" >"$O2C_LOGS/packages.log" 2>&1 </dev/null &
    libraries_pid=$!
    trap 'kill "$libraries_pid" 2>/dev/null || true' EXIT
  fi
  _o2c_install_python "$kind"
  [ -n "$libraries_pid" ] || return 0
  o2c_step 'System libraries (installed beside)' packages-wait _o2c_wait "$libraries_pid"
  trap - EXIT
  _o2c_use_unpacked
}

o2c_serve() {
  "$O2C_PYTHON" -m o2c.embedded.run "$@"
}

# --- Python packages ----------------------------------------------------------------------

_o2c_install_python() {
  local lock=requirements${1:+-$1}.txt
  local stamp=.venv/o2c-${1:-run}.stamp key
  key=$(cksum <"$lock")
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$key" ] && "$O2C_PYTHON" -c '' 2>/dev/null; then
    return
  fi
  if ! "$O2C_PYTHON" -c '' 2>/dev/null; then
    o2c_step 'Python environment' venv _o2c_make_venv
  fi
  [ -x .venv/bin/uv ] || o2c_step 'Package installer' uv "$O2C_PYTHON" -m pip install -q 'uv<1'
  o2c_step 'Python packages' pip .venv/bin/uv pip install --python "$O2C_PYTHON" \
    --require-hashes -r "$lock"
  printf '%s' "$key" >"$stamp"
}

_o2c_make_venv() {
  local python
  for python in python3 python3.13 python3.12 python3.11; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      "$python" -m venv --clear .venv && return
      echo 'Python cannot make an environment; install it: apt-get install python3-venv'
      return 1
    fi
  done
  echo 'There is no Python 3.11 or newer; install one: apt-get install python3 python3-venv'
  return 1
}

# --- System packages: pango for PDFs, a font, and for tests a browser ---------------------

_o2c_missing_packages() {
  if [ "$(uname)" = Darwin ]; then
    _o2c_missing_brews "$1"
    return
  fi
  _o2c_has_library libpango-1.0.so.0 || echo libpango-1.0-0
  _o2c_has_library libpangoft2-1.0.so.0 || echo libpangoft2-1.0-0
  _o2c_has_library libharfbuzz-subset.so.0 || echo libharfbuzz-subset0
  _o2c_has_font || echo fonts-dejavu-core
  [ "$1" = dev ] || return 0
  _o2c_has_library libatomic.so.1 || echo libatomic1
  _o2c_chromium >/dev/null || echo chromium
}

_o2c_missing_brews() {
  _o2c_any /opt/homebrew/lib/libpango-1.0.dylib /usr/local/lib/libpango-1.0.dylib || echo pango
  [ "$1" = dev ] || return 0
  _o2c_chromium >/dev/null || echo chromium
}

_o2c_has_library() {
  _o2c_any {/lib,/usr/lib,/usr/local/lib,/lib64,/usr/lib64,"$O2C_DEBS/usr/lib"}/"$1" \
    {/lib,/usr/lib,"$O2C_DEBS/usr/lib"}/*-linux-*/"$1"
}

_o2c_has_font() {
  local found
  found=$(find /usr/share/fonts /usr/local/share/fonts ~/.fonts ~/.local/share/fonts \
    "$O2C_DEBS/usr/share/fonts" -name '*.[to]tf' -print 2>/dev/null || true)
  [ -n "$found" ]
}

_o2c_any() {
  local path
  for path in "$@"; do
    if [ -e "$path" ]; then return; fi
  done
  return 1
}

_o2c_chromium() {
  local found
  for found in "${CHROMIUM:-}" chromium chromium-browser google-chrome \
    "$O2C_DEBS/usr/lib/chromium/chromium" \
    '/Applications/Chromium.app/Contents/MacOS/Chromium' \
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'; do
    if [ -n "$found" ] && command -v "$found"; then return; fi
  done
  return 1
}

_o2c_install_packages() {
  local packages
  packages=$(_o2c_missing_packages "$1")
  echo "Missing: $packages"
  if [ "$(uname)" = Darwin ]; then
    command -v brew >/dev/null || { echo 'Homebrew is missing: see https://brew.sh'; return 1; }
    # shellcheck disable=SC2086
    brew install $packages
  elif ! command -v apt-get >/dev/null; then
    echo "install with your system's package manager what Debian calls:" $packages
    return 1
  elif [ "$(id -u)" = 0 ]; then
    _o2c_apt_install env $packages
  elif sudo -n true 2>/dev/null; then
    _o2c_apt_install sudo $packages
  else
    _o2c_unpack $packages
  fi
}

_o2c_apt_install() {
  local as=$1
  shift
  export DEBIAN_FRONTEND=noninteractive
  set -- -y -q --no-install-recommends -o DPkg::Lock::Timeout=300 "$@"
  "$as" apt-get install "$@" && return
  "$as" apt-get update -q
  "$as" apt-get install "$@"
}

# Without root: apt with folders of our own, unpacked, found by path.
_o2c_unpack() {
  local own=$O2C_ROOT/.o2c/apt package
  mkdir -p "$own/lists/partial" "$own/cache/archives/partial" "$O2C_DEBS"
  local options=(-q -o "Dir::State::lists=$own/lists" -o "Dir::Cache=$own/cache"
    -o Debug::NoLocking=1 -o APT::Sandbox::User=)
  apt-get "${options[@]}" update
  apt-get "${options[@]}" install -y --no-install-recommends --download-only "$@"
  for package in "$own"/cache/archives/*.deb; do
    if [ ! -e "$package" ]; then continue; fi
    dpkg -x "$package" "$O2C_DEBS"
  done
  mkdir -p "$O2C_ROOT/.o2c/fontcache"
  cat >"$O2C_DEBS/fonts.conf" <<XML
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>/usr/share/fonts</dir>
  <dir>$O2C_DEBS/usr/share/fonts</dir>
  <cachedir>$O2C_ROOT/.o2c/fontcache</cachedir>
</fontconfig>
XML
}

# Let programs find what was unpacked, and the browser that was installed.
_o2c_use_unpacked() {
  local folder found
  if [ -f "$O2C_DEBS/fonts.conf" ]; then
    export FONTCONFIG_FILE=$O2C_DEBS/fonts.conf
    for folder in "$O2C_DEBS"/usr/lib/*-linux-* "$O2C_DEBS"/lib/*-linux-*; do
      if [ -d "$folder" ]; then
        export LD_LIBRARY_PATH=$folder${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
      fi
    done
  elif [ "$(uname)" = Darwin ]; then
    export DYLD_FALLBACK_LIBRARY_PATH=/opt/homebrew/lib:/usr/local/lib:/usr/lib
  fi
  if found=$(_o2c_chromium); then export CHROMIUM=$found; fi
}

_o2c_wait() {
  wait "$1" && return
  tail -n 1 "$O2C_LOGS/packages.log"
  return 1
}
