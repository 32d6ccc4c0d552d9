#!/bin/sh
# Builds the static redis-server of this folder from Debian 12's sources (see README.md).
#
# Needs Debian or Ubuntu with: build-essential dpkg-dev ca-certificates. No root, and the system's
# own package lists stay as they are: the source package is found through lists in a scratch folder.
#
#     sh vendor/redis-server/build.sh [SCRATCH_FOLDER]
set -eu

package_version=5:7.0.15-1~deb12u10
here=$(cd "$(dirname "$0")" && pwd)
scratch=${1:-$(mktemp -d)}
jobs=${JOBS:-2}

case "$(uname -sm)" in
    "Linux x86_64") platform=linux-x64 ;;
    "Linux aarch64") platform=linux-arm64 ;;
    *) echo "build.sh: no static build for $(uname -sm)" >&2 && exit 1 ;;
esac

mkdir -p "$scratch/lists/partial" "$scratch/cache/archives/partial" "$scratch/source"
cat > "$scratch/debian.sources" <<SOURCES
Types: deb-src
URIs: http://deb.debian.org/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb-src
URIs: http://deb.debian.org/debian-security
Suites: bookworm-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
SOURCES

apt_options="-o Dir::Etc::SourceList=$scratch/debian.sources -o Dir::Etc::SourceParts=- \
-o Dir::State::Lists=$scratch/lists -o Dir::Cache=$scratch/cache -o APT::Sandbox::User="

# apt checks the signature of the lists and the checksum of each file; dpkg-source applies Debian's
# security patches.
# shellcheck disable=SC2086
(
    apt-get $apt_options update
    cd "$scratch/source"
    apt-get $apt_options source "redis=$package_version"
)

cd "$scratch/source"/redis-*/
export SOURCE_DATE_EPOCH="$(dpkg-parsechangelog -S Timestamp)"
# No build id and no debug paths: the same sources and compiler give the same bytes anywhere.
nice make -j"$jobs" MALLOC=libc CFLAGS=-static LDFLAGS="-static -Wl,--build-id=none" DEBUG= \
    BUILD_TLS=no redis-server
strip src/redis-server

mkdir -p "$here/$platform"
install -m 755 src/redis-server "$here/$platform/redis-server"
install -m 644 COPYING "$here/COPYING"
"$here/$platform/redis-server" --version
sha256sum "$here/$platform/redis-server"
