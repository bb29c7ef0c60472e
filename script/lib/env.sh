# Sourced by the scripts: where things are, which toolchain builds what, and how a step reports itself.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/slipway
export PATH="$cache/bin:$cache/npm/node_modules/.bin:$PATH"

# Two toolchains in one target folder throw each other's work away.
native_target=$(realpath -m "${CARGO_TARGET_DIR:-$root/target}")
wasm_target=$native_target/wasm-app
export CARGO_TARGET_DIR=$native_target

# What the tests are told about this machine.
export SLIPWAY_BIN=$native_target/debug/slipway
export SLIPWAY_SCHEMATHESIS=$cache/python/bin/schemathesis
export SLIPWAY_AXE=$cache/npm/node_modules/axe-core/axe.min.js

# has_wasm_std TOOLCHAIN: can it compile for the browser? An empty name is the default toolchain.
has_wasm_std() {
  local sysroot
  sysroot=$(${1:+env RUSTUP_TOOLCHAIN="$1"} rustc --print sysroot 2>/dev/null) || return
  compgen -G "$sysroot/lib/rustlib/wasm32-unknown-unknown/lib/libstd-*.rlib" >/dev/null
}

# wasm_toolchain: what builds the browser's half. Empty is the default toolchain; debian-web is Debian's second
# Rust, see script/setup. Asked anew each time, since setup may just have changed the answer.
wasm_toolchain() {
  if [[ -n ${SLIPWAY_WASM_TOOLCHAIN+set} ]]; then
    echo "$SLIPWAY_WASM_TOOLCHAIN"
  elif ! has_wasm_std ''; then
    echo debian-web
  fi
}

# on_wasm COMMAND…: run it with the toolchain and the target folder of the browser's half.
on_wasm() {
  local toolchain
  toolchain=$(wasm_toolchain)
  env CARGO_TARGET_DIR="$wasm_target" ${toolchain:+RUSTUP_TOOLCHAIN="$toolchain"} "$@"
}

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }

# step NAME COMMAND…: run it and say how long it took. A failure ends the script, so never ask for its status:
# in a condition `set -e` is off, and the answer would be yes.
step() {
  local name=$1 start=$SECONDS
  shift
  say "== $name"
  "$@"
  say "== $name: $((SECONDS - start)) s"
}

# only_one LOCKFILE: wait until no other run of this step is under way; the lock goes with the process.
only_one() {
  mkdir -p "$(dirname "$1")"
  exec {lock_fd}>"$1"
  flock --nonblock "$lock_fd" && return
  say "waiting for another run that holds $1"
  flock "$lock_fd"
}
