#!/bin/sh
# Installs what Whence needs and is missing: Deno, and a Vulkan driver where no adapter answers. Safe to run again.
# With --browser it installs Chromium as well, which the tests of the report need (deno task test:report); with --slurm
# Slurm and munge, which the tests of arrays of jobs need (deno task test:slurm).
set -u
oldest=2.8.3
failed=0

say() { printf 'setup: %s\n' "$*"; }
manually() {
  say "BY HAND: $*"
  failed=1
}
has() { command -v "$1" >/dev/null 2>&1; }

# True where version $1 is at least version $2.
at_least() {
  [ "$(printf '%s\n%s\n' "$1" "$2" | sort -t. -k1,1n -k2,2n -k3,3n | head -n 1)" = "$2" ]
}
deno_version() {
  deno --version 2>/dev/null | sed -n '1s/^deno \([0-9.]*\).*/\1/p'
}
deno_is_ready() {
  has deno && at_least "$(deno_version)" "$oldest"
}

# Runs a command as root, by sudo where that asks for no password.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif has sudo && sudo -n true 2>/dev/null; then
    sudo "$@"
  else
    return 1
  fi
}

install_deno() {
  if has npm; then
    say "installing Deno from the npm package deno"
    if npm install -g deno >/tmp/whence-setup-deno.log 2>&1 || as_root npm install -g deno >/tmp/whence-setup-deno.log 2>&1; then
      # Some npm versions skip install scripts; the package then fetches its binary when it first runs.
      hash -r 2>/dev/null
      return
    fi
    say "npm could not install it: see /tmp/whence-setup-deno.log"
  fi
  if has curl; then
    say "installing Deno with Deno's own installer into ${DENO_INSTALL:-$HOME/.deno}"
    if curl -fsSL https://deno.land/install.sh | sh -s -- -y >/tmp/whence-setup-deno.log 2>&1; then
      PATH="${DENO_INSTALL:-$HOME/.deno}/bin:$PATH"
      export PATH
      say "add ${DENO_INSTALL:-$HOME/.deno}/bin to your PATH"
    fi
  fi
}

# The adapter that src/gpu/device.ts opens; on Linux that is Vulkan's, not OpenGL's.
adapter() {
  deno eval -q 'if (Deno.build.os === "linux") {
      Deno.env.set("DENO_WEBGPU_BACKEND", Deno.env.get("DENO_WEBGPU_BACKEND") ?? "vulkan");
      Deno.env.set("XDG_RUNTIME_DIR", Deno.env.get("XDG_RUNTIME_DIR") ?? "/tmp");
    }
    const adapter = await navigator.gpu?.requestAdapter();
    console.log(adapter?.info.description || adapter?.info.device || (adapter ? "an adapter without a name" : ""));' 2>/dev/null
}

install_vulkan() {
  if has apt-get; then
    say "no WebGPU adapter answers: installing mesa-vulkan-drivers (software Vulkan)"
    as_root apt-get update >/tmp/whence-setup-vulkan.log 2>&1
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y mesa-vulkan-drivers libvulkan1 \
      >>/tmp/whence-setup-vulkan.log 2>&1 && return
    manually "run as root: apt-get install mesa-vulkan-drivers libvulkan1 (or install your GPU's Vulkan driver)"
  else
    manually "install your GPU's Vulkan driver, or Mesa's software Vulkan (often called mesa-vulkan-drivers or vulkan-swrast)"
  fi
}

install_browser() {
  for browser in chromium chromium-browser google-chrome; do
    if has "$browser"; then
      say "$browser is there"
      return
    fi
  done
  if has apt-get; then
    say "installing chromium"
    as_root apt-get update >/tmp/whence-setup-chromium.log 2>&1
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium \
      >>/tmp/whence-setup-chromium.log 2>&1 && return
    manually "run as root: apt-get install chromium"
  else
    manually "install Chromium, or name one by the variable CHROMIUM"
  fi
}

install_slurm() {
  if PATH="$PATH:/usr/sbin:/sbin" && has slurmctld && has slurmd && has munged && has sbatch; then
    say "Slurm is there"
    return
  fi
  if has apt-get; then
    say "installing slurm-wlm and munge"
    as_root apt-get update >/tmp/whence-setup-slurm.log 2>&1
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends slurm-wlm munge \
      >>/tmp/whence-setup-slurm.log 2>&1 && return
    manually "run as root: apt-get install slurm-wlm munge"
  else
    manually "install Slurm (slurmctld, slurmd, sbatch) and munge"
  fi
}

browser=false
slurm=false
for option in "$@"; do
  case $option in
    --browser) browser=true ;;
    --slurm) slurm=true ;;
    *)
      say "takes --browser and --slurm alone: got $option"
      exit 2
      ;;
  esac
done

if deno_is_ready; then
  say "Deno $(deno_version) is there"
else
  has deno && say "Deno $(deno_version) is older than $oldest"
  install_deno
  if deno_is_ready; then say "Deno $(deno_version) is installed"; else
    manually "install Deno $oldest or newer: https://docs.deno.com/runtime/getting_started/installation/"
  fi
fi

if deno_is_ready; then
  found=$(adapter)
  if [ -z "$found" ] && [ "$(uname -s)" = Linux ]; then
    install_vulkan
    found=$(adapter)
  fi
  if [ -n "$found" ]; then say "WebGPU adapter: $found"; else
    manually "no WebGPU adapter answers; everything runs with --device reference, slowly"
  fi
fi

if [ "$browser" = true ]; then install_browser; fi
if [ "$slurm" = true ]; then install_slurm; fi

[ "$failed" = 0 ] && say "ready"
exit "$failed"
