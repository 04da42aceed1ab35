#!/usr/bin/env bash
# install_emacs30.sh ROOT: Emacs 30 with eglot 1.17 from bookworm-backports, unpacked beside the system's Emacs; nothing
# of the system is changed. ROOT/bin/emacs30 starts it. About 20 s.
set -euo pipefail
ROOT=$(realpath -m "${1:?install_emacs30.sh ROOT}")
SUITE=bookworm-backports

[ "$(dpkg --print-architecture 2>/dev/null)" = amd64 ] || { echo "install_emacs30.sh needs Debian on x86-64" >&2; exit 1; }
mirror=$( (grep -rhoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null || true) | head -1 | tr -d ' ')
[ -n "$mirror" ] || { echo "install_emacs30.sh: no Debian mirror in /etc/apt" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
mkdir -p "$work"/lists/partial "$work"/archives/partial "$work"/packages "$ROOT/$SUITE" "$ROOT/bin"
for suite in "$SUITE" bookworm; do
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main"
done > "$work/sources.list"
options=(-o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null
  -o Dir::State::Lists="$work/lists" -o Dir::Cache::archives="$work/archives"
  -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User=root)
apt-get -qq "${options[@]}" update
(cd "$work/packages" && apt-get -qq "${options[@]}" download libtree-sitter0 {emacs-nox,emacs-bin-common,emacs-common,emacs-el}/$SUITE)
for package in "$work"/packages/*.deb; do dpkg -x "$package" "$ROOT/$SUITE"; done

root=$ROOT/$SUITE
version=$(basename "$(ls -d "$root"/usr/share/emacs/[0-9]*)")
execute=$root/usr/libexec/emacs/$version/x86_64-linux-gnu
load=$(find "$root/usr/share/emacs/$version/lisp" -type d | grep -v obsolete | tr '\n' ':')
cat > "$ROOT/bin/emacs30" <<WRAPPER
#!/bin/sh
export EMACSLOADPATH='${load%:}' EMACSDATA='$root/usr/share/emacs/$version/etc' EMACSPATH='$execute' LD_LIBRARY_PATH='$root/usr/lib/x86_64-linux-gnu'
exec '$root/usr/bin/emacs-nox' --dump-file='$(ls "$execute"/*.pdmp)' "\$@"
WRAPPER
chmod 755 "$ROOT/bin/emacs30"
ln -sf "../$SUITE/usr/bin/$(ls "$root/usr/bin" | grep -m1 '^emacsclient')" "$ROOT/bin/emacsclient30"
"$ROOT/bin/emacs30" --version | head -1
