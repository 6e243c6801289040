#!/usr/bin/env bash
# Builds wheel and sdist and uses both as a stranger would.
#
# The wheel is installed with the constraints into a fresh environment outside the tree, and a sample is analysed there;
# nothing of the service may be in it. The tests of the sdist run from where it was unpacked.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

.venv/bin/python -m build --outdir "$work/dist" . >"$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }
wheel=$(echo "$work"/dist/*.whl)
sdist=$(echo "$work"/dist/*.tar.gz)

if .venv/bin/python -m zipfile -l "$wheel" | awk 'NR > 1 { print $1 }' | grep -Ev '^hinge_check(/|-)'; then
  echo "The wheel holds more than the library." >&2
  exit 1
fi
.venv/bin/python -m venv "$work/env"
"$work/env/bin/python" -m pip --disable-pip-version-check install --quiet -c constraints.txt "$wheel"
(
  cd "$work"
  env/bin/python -c 'import importlib.util as u, sys; sys.exit(u.find_spec("api") is not None)' \
    || { echo "The wheel brings a package called api." >&2; exit 1; }
  env/bin/hinge-check analyze "$root/sample_videos/neutral_good.mp4" --out out \
    --model "$root/models/pose_landmarker_full.task" >/dev/null 2>&1
  test -s out/neutral_good.hinge/report.json
  test -s out/neutral_good.hinge/annotated.mp4
  if said=$(env/bin/hinge-check serve 2>&1); then
    echo "hinge-check serve should not run from the wheel." >&2
    exit 1
  fi
  grep -q "checkout" <<<"$said" || { echo "hinge-check serve does not say where to run it: $said" >&2; exit 1; }
)
echo "wheel: installs, analyses, holds the library alone"

mkdir "$work/sdist"
tar -xzf "$sdist" -C "$work/sdist" --strip-components 1
cp models/*.task "$work/sdist/models/"
ln -s "$root/api/web/node_modules" "$work/sdist/api/web/node_modules"
# With the packages of this environment, but the sdist's own code: PYTHONPATH comes before the editable install. Pages
# and load are left to `make test`, which runs the same files from the checkout.
(
  cd "$work/sdist"
  PYTHONPATH=$PWD "$root/.venv/bin/python" -m pytest -q -p no:cacheprovider -n 2 --dist loadfile \
    --ignore=tests/pages --ignore=tests/load --ignore=tests/api tests
)
echo "sdist: its tests pass where it was unpacked"
