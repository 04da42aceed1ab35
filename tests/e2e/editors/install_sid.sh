#!/usr/bin/env bash
# install_sid.sh ROOT: Neovim 0.12 and Helix 25.07 from Debian sid, Neovim 0.10 from trixie, unpacked beside the system
# with their own libc: nothing of the system is changed. ROOT/bin/{nvim-0.12,nvim-0.10,hx} start them. About 15 s.
set -euo pipefail
ROOT=$(realpath -m "${1:?install_sid.sh ROOT}")
LIBRARY=usr/lib/x86_64-linux-gnu

[ "$(dpkg --print-architecture 2>/dev/null)" = amd64 ] || { echo "install_sid.sh needs Debian on x86-64" >&2; exit 1; }
mirror=$( (grep -rhoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null || true) | head -1 | tr -d ' ')
[ -n "$mirror" ] || { echo "install_sid.sh: no Debian mirror in /etc/apt" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"

unpack() { # SUITE PACKAGE...
  local suite=$1 lists=$work/$1
  shift
  mkdir -p "$lists"/lists/partial "$lists"/archives/partial "$lists"/packages "$ROOT/$suite"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" > "$lists/sources.list"
  local options=(-o Dir::Etc::sourcelist="$lists/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o Dir::State::Lists="$lists/lists" -o Dir::Cache::archives="$lists/archives"
    -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User=root)
  apt-get -qq "${options[@]}" update
  (cd "$lists/packages" && apt-get -qq "${options[@]}" download "$@")
  local package
  for package in "$lists"/packages/*.deb; do dpkg -x "$package" "$ROOT/$suite"; done
}

wrapper() { # NAME SUITE PROGRAM ENVIRONMENT...
  local name=$1 root=$ROOT/$2 program=$3
  shift 3
  {
    echo '#!/bin/sh'
    printf 'export %s\n' "$@"
    # The loader's path is for this program alone: what it starts, a language server, has the system's.
    echo "exec $root/usr/lib64/ld-linux-x86-64.so.2 --library-path $root/$LIBRARY $root/$program \"\$@\""
  } > "$ROOT/bin/$name"
  chmod 755 "$ROOT/bin/$name"
  "$ROOT/bin/$name" --version | head -1
}

neovim_environment() { # SUITE
  local share=$ROOT/$1/usr/share
  echo "VIM=$share/nvim VIMRUNTIME=$share/nvim/runtime LUA_PATH='$share/lua/5.1/?.lua;;' LUA_CPATH='$ROOT/$1/$LIBRARY/lua/5.1/?.so;;'"
}

mkdir -p "$ROOT/bin"
neovim=(neovim neovim-runtime libc6 libgcc-s1 libluajit-5.1-2 libluajit-5.1-common libunibilium4 libutf8proc3 libuv1t64 lua-lpeg lua-luv)
unpack sid hx "${neovim[@]}" libtree-sitter0.26
unpack trixie "${neovim[@]}" libtree-sitter0.22 libvterm0 libmsgpack-c2
for suite in sid trixie; do # Neovim looks for its parsers beside the loader that started it
  mkdir -p "$ROOT/$suite/usr/lib/lib"
  ln -sfn ../nvim "$ROOT/$suite/usr/lib/lib/nvim"
done
wrapper hx sid usr/lib/hx/hx "HELIX_RUNTIME=$ROOT/sid/usr/lib/hx/runtime"
wrapper nvim-0.12 sid usr/bin/nvim "$(neovim_environment sid)"
wrapper nvim-0.10 trixie usr/bin/nvim "$(neovim_environment trixie)"
