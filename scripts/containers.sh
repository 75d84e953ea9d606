# Whether containers can run on this machine, with which engine, and on which base the worker's image is built: the one place that decides it,
# for scripts/test, scripts/integ-local and scripts/image. Source it after setup.sh. It removes nothing that it has not made itself.
#
# PAVI_TEST_ENGINE=docker takes docker where podman would be taken, or the other way round. With PAVI_CONTAINERS=required, as .ci/run sets
# it, it is a failure if containers cannot run.

NODE_VERSION=${NODE_CURRENT[0]}
# The base made of Debian's packages. Its name says what is in it, so that clones of several versions may be beside each other.
DEBIAN_BASE=localhost/pavi-base:bookworm-node-$NODE_VERSION-with-license
# What a machine may take for a small container or a question to the engine; a broken engine may well hang.
TRY_SECONDS=${PAVI_TRY_SECONDS:-60}
PULL_SECONDS=120
DEBOOTSTRAP_SECONDS=300
BUILD_SECONDS=600
MEMORY_BYTES=67108864
# For a machine without systemd, and one that may not raise its limits: as engine/batch/executor/container-executor.ts runs podman there.
BARE_ENGINE=(--runtime=runc --cgroup-manager=cgroupfs)
BARE_RUN=(--ulimit=nofile=1024:1024 --ulimit=nproc=1024:1024)

WITHOUT_CONTAINERS= CONTAINERS_CURE=
# Of whoever called: what is decided here holds.
unset PAVI_TEST_BASE_IMAGE PAVI_TEST_IMAGE

# Sets CONTAINER_ENGINE and CONTAINER_BASE; or returns 1, and WITHOUT_CONTAINERS is the reason, CONTAINERS_CURE what to do about it.
find_containers() {
  local found
  WITHOUT_CONTAINERS= CONTAINERS_CURE=
  if ! found=$(find_engine); then
    WITHOUT_CONTAINERS=$found
    CONTAINERS_CURE='install podman (on Debian: apt-get install podman), or start docker; "podman run" of any image must work here'
    return 1
  fi
  CONTAINER_ENGINE=$found
  if ! found=$(find_base); then
    WITHOUT_CONTAINERS=${found%%$'\n'*}
    CONTAINERS_CURE=${found#*$'\n'}
    return 1
  fi
  CONTAINER_BASE=$found
}

case "${PAVI_CONTAINERS:-}" in
  '' | required) ;;
  *) fail "PAVI_CONTAINERS is \"$PAVI_CONTAINERS\"" 'set it to "required" to make a container test that does not run a failure, or leave it unset' ;;
esac

containers_are_required() {
  [ "${PAVI_CONTAINERS:-}" = required ]
}

say_without_containers() {
  {
    say 'NO CONTAINER TEST RUNS: containers cannot run on this machine'
    printf '  reason: %s\n  cure: %s\n' "$WITHOUT_CONTAINERS" "$CONTAINERS_CURE"
    ! containers_are_required || printf '  and this is a failure, since PAVI_CONTAINERS=required\n'
  } >&2
}

# The functions below that give an answer give it on standard output, or the reason why not, and return 1. Where they say what they do,
# it goes to standard error.

find_engine() {
  local program reason reasons=
  for program in ${PAVI_TEST_ENGINE:-podman docker}; do
    if reason=$(try_engine "$program"); then
      echo "$program"
      return
    fi
    reasons+="${reasons:+; }$reason"
  done
  echo "$reasons"
  return 1
}

# Builds an image of this machine's shell, and runs it as the tests run theirs. An engine that is there may be one that cannot run, that
# does not limit memory, that sees another machine's files, or that loses exit codes.
try_engine() ( # PROGRAM
  program=$1
  command -v "$program" >/dev/null || { echo "$program is not installed"; return 1; }
  folder=$(mktemp -d)
  image=localhost/pavi-try:$$-$RANDOM
  container=pavi-try-$$-$RANDOM
  trap 'remove_tried; rm -rf "$folder"' EXIT
  remove_tried() {
    [ -e "$folder/built" ] || return 0
    limited "$TRY_SECONDS" "$program" rm -f "$container" >/dev/null 2>&1 || true
    limited "$TRY_SECONDS" "$program" rmi -f "$image" >/dev/null 2>&1 || true
  }
  limited "$TRY_SECONDS" "$program" info >/dev/null 2>"$folder/errors" || { echo "$program does not answer: $(told_in "$folder/errors")"; return 1; }

  # Others read it: the container's user is another one.
  chmod 755 "$folder"
  echo "$container" >"$folder/word"
  mkdir -p "$folder/context/root/bin" "$folder/context/root/tmp"
  cp -L /bin/sh "$folder/context/root/bin/sh"
  { ldd /bin/sh 2>/dev/null || true; } | grep -o '/[^ )]*' | xargs -r -I LIBRARY cp -L --parents LIBRARY "$folder/context/root"
  printf 'FROM scratch\nCOPY root /\nRUN : >/made\n' >"$folder/context/Dockerfile"
  touch "$folder/built"
  build_image "$program" "$TRY_SECONDS" "$image" --no-cache "$folder/context" >"$folder/errors" 2>&1 \
    || { echo "$program cannot build an image: $(told_in "$folder/errors")"; return 1; }

  try_run || { [ "$program" = podman ] && { limited "$TRY_SECONDS" podman rm -f "$container" >/dev/null 2>&1 || true; } && try_run bare; } \
    || { echo "$program cannot run a container: $(told_in "$folder/errors")"; return 1; }
  grep -qx "$container" "$folder/output" || { echo "$program does not see this machine's files"; return 1; }
  ! grep -q '^limit' "$folder/output" || grep -qx "limit $MEMORY_BYTES" "$folder/output" || { echo "$program does not limit the memory of a container here"; return 1; }
)

# The container ends with an exit code of its own choice. The files have the limit in the two versions of control groups.
try_run() { # [bare]
  local code=0 engine=() run=()
  [ -z "${1:-}" ] || engine=("${BARE_ENGINE[@]}") run=("${BARE_RUN[@]}")
  limited "$TRY_SECONDS" "$program" "${engine[@]}" run --name "$container" --pull=never --network=host --read-only --user 1000:1000 --log-driver=none \
    --memory "$MEMORY_BYTES" --memory-swap "$MEMORY_BYTES" "${run[@]}" --volume "$folder:/try:ro" --entrypoint /bin/sh "$image" -c '
      read -r word </try/word && echo "$word"
      for file in /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes; do
        if [ -r "$file" ]; then read -r limit <"$file" && echo "limit $limit"; fi
      done
      exit 7' >"$folder/output" 2>"$folder/errors" || code=$?
  [ "$code" = 7 ] || { [ -s "$folder/errors" ] || echo "it ended with exit code $code, not 7" >"$folder/errors"; return 1; }
}

# What is there is taken as it is; what is not, is pulled or made, by one clone at a time.
find_base() (
  official=$(sed -n 's/^ARG BASE=//p' worker/Dockerfile)
  ! base_there || return 0
  lock=${XDG_CACHE_HOME:-$HOME/.cache}/cdk-pavi-alignment-pipeline
  mkdir -p "$lock"
  exec 9>>"$lock/base.lock"
  ! command -v flock >/dev/null || flock -w "$((PULL_SECONDS + DEBOOTSTRAP_SECONDS))" 9 \
    || { printf '%s\n' 'another clone is at making a base for the image, and does not come to an end' "see who has $lock/base.lock open"; return 1; }
  ! base_there || return 0
  say "pulling $official (once)" >&2
  if limited "$PULL_SECONDS" "$CONTAINER_ENGINE" pull -q "$official" >/dev/null 2>&1 9>&-; then
    echo "$official"
    return
  fi
  say 'it cannot be pulled' >&2
  make_debian_base 9>&- && echo "$DEBIAN_BASE"
)

base_there() {
  local image
  for image in "$official" "$DEBIAN_BASE"; do
    if has_image "$image"; then
      echo "$image"
      return
    fi
  done
  return 1
}

make_debian_base() (
  cannot() { printf '%s\n' "the image's base $official cannot be pulled, and none can be made of Debian's packages: $1" "$2"; exit 1; }
  pull_it="have it pulled ($CONTAINER_ENGINE pull $official)"
  [ "$(id -u)" = 0 ] || cannot 'debootstrap needs root' "$pull_it, or run this as root"
  architecture=$(node_architecture) || cannot "there is no Node.js for $(uname -m)" "$pull_it"
  command -v debootstrap >/dev/null || (install_debian debootstrap debootstrap) >&2 || cannot 'debootstrap is not installed' "$pull_it, or install debootstrap"
  say "making $DEBIAN_BASE of Debian's packages and Node.js $NODE_VERSION (about a minute, once)" >&2
  folder=$(mktemp -d)
  # What debootstrap mounts there stays mounted where it is ended.
  trap 'umount "$folder"/root/proc "$folder"/root/sys >/dev/null 2>&1 || true; rm -rf --one-file-system "$folder"' EXIT
  limited "$DEBOOTSTRAP_SECONDS" debootstrap --variant=minbase bookworm "$folder/root" >"$folder/log" 2>&1 \
    || cannot "debootstrap failed: $(told_in "$folder/log")" "see that Debian's mirror can be reached, or $pull_it"
  limited "$PULL_SECONDS" npm install --no-save --no-fund --no-audit --loglevel=error --prefix "$folder/npm" "node-linux-$architecture@$NODE_VERSION" >"$folder/log" 2>&1 \
    || cannot "npm could not get node-linux-$architecture@$NODE_VERSION: $(told_in "$folder/log")" "see that the npm registry can be reached (npm ping), or $pull_it"
  { install -m 755 "$folder/npm/node_modules/node-linux-$architecture/bin/node" "$folder/root/usr/local/bin/node" \
    && install -m 644 "$folder/npm/node_modules/node-linux-$architecture/LICENSE" "$folder/root/usr/local/LICENSE"; } \
    || cannot 'Node.js could not be put there' "$pull_it"
  tar -C "$folder/root" -c . | limited "$PULL_SECONDS" "$CONTAINER_ENGINE" import - "$DEBIAN_BASE" >"$folder/log" 2>&1 \
    || cannot "$CONTAINER_ENGINE could not import it: $(told_in "$folder/log")" "$pull_it"
)

# Builds the worker's image from assets/worker, and sets WORKER_IMAGE: a name of this clone's own.
build_worker_image() {
  local before log
  WORKER_IMAGE=localhost/pavi-worker:$(pwd -P | cksum | cut -d ' ' -f 1)
  before=$("$CONTAINER_ENGINE" image inspect --format '{{.Id}}' "$WORKER_IMAGE" 2>/dev/null) || before=
  say "building $WORKER_IMAGE from $CONTAINER_BASE"
  log=$(mktemp)
  build_image "$CONTAINER_ENGINE" "$BUILD_SECONDS" "$WORKER_IMAGE" --build-arg "BASE=$CONTAINER_BASE" assets/worker >"$log" 2>&1 \
    || { cat "$log" >&2; rm -f "$log"; return 1; }
  rm -f "$log"
  # What it was before stays only where it has another name too.
  [ -z "$before" ] || [ "$("$CONTAINER_ENGINE" image inspect --format '{{len .RepoTags}}' "$before" 2>/dev/null)" != 0 ] \
    || "$CONTAINER_ENGINE" rmi "$before" >/dev/null 2>&1 || true
}

# Decides it, says so, and has the tests use the containers: then a container test that fails is a test that fails. Returns 1 if that cannot
# be but must: if containers are required, or if the worker's image has an error of its own.
set_up_containers() {
  say 'looking for containers that run (and making the base of their image, once)'
  if find_containers; then
    if build_worker_image; then
      export_containers
      return
    fi
    if can_build_from_base; then
      echo 'the image could not be built (see above); fix worker/Dockerfile, then run: node scripts/bundle.mjs' >&2
      return 1
    fi
    WITHOUT_CONTAINERS='a build in a container cannot get Debian'"'"'s packages'
    CONTAINERS_CURE="see that Debian's mirror can be reached from: $CONTAINER_ENGINE build --network=host"
  fi
  say_without_containers
  ! containers_are_required
}

# Tells the tests what was decided: test/support/containers.ts.
export_containers() {
  export PAVI_TEST_ENGINE=$CONTAINER_ENGINE PAVI_TEST_BASE_IMAGE=$CONTAINER_BASE PAVI_TEST_IMAGE=${WORKER_IMAGE:-}
}

# Whether a build on the base can get Debian's packages, as that of the worker's image must.
can_build_from_base() {
  local folder code=0
  folder=$(mktemp -d)
  printf 'FROM %s\nRUN apt-get update -o APT::Update::Error-Mode=any\n' "$CONTAINER_BASE" >"$folder/Dockerfile"
  build_image "$CONTAINER_ENGINE" "$BUILD_SECONDS" localhost/pavi-try:$$ --no-cache "$folder" >/dev/null 2>&1 || code=1
  "$CONTAINER_ENGINE" rmi -f localhost/pavi-try:$$ >/dev/null 2>&1 || true
  rm -rf "$folder"
  return "$code"
}

build_image() { # PROGRAM SECONDS NAME OPTION... FOLDER
  local program=$1 seconds=$2 name=$3 isolation=()
  shift 3
  [ "$program" != podman ] || isolation=(--isolation=chroot)
  limited "$seconds" "$program" build --network=host "${isolation[@]}" -t "$name" "$@"
}

has_image() {
  limited "$TRY_SECONDS" "$CONTAINER_ENGINE" image inspect "$1" >/dev/null 2>&1
}

limited() { # SECONDS COMMAND...
  timeout -k 10 "$@"
}

# The last line, without what would make it several.
told_in() { # FILE
  local line
  line=$(grep -v '^[[:space:]]*$' "$1" | tail -n 1 | tr -d '\r' | cut -c 1-300) || true
  echo "${line:-it said nothing, or had not ended in time}"
}
