# What the judges share: their Python, and a server of their own. Sourced from the top of the repository.
venv=tests/.venv
work=$(mktemp -d)
server=
cleanup() { [ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null || true; rm -rf "$work"; }
trap cleanup EXIT

# Their Python, made or brought up to date.
prepare() {
    command -v python3 >/dev/null || { echo "missing: python3" >&2; exit 1; }
    if [ ! -x $venv/bin/python ] || [ tests/judge/requirements.txt -nt $venv/ready ]; then
        python3 -m venv $venv || { echo "missing: apt-get install python3-venv" >&2; exit 1; }
        $venv/bin/pip install -q --disable-pip-version-check -r tests/judge/requirements.txt
        touch $venv/ready
    fi
}

# serve ARGUMENT…: starts a server on a port of its own, in the place of one before; $url is where.
serve() {
    [ -z "$server" ] || { kill "$server"; wait "$server" || true; }
    "$wangge" serve --listen 127.0.0.1:0 "$@" >"$work/log" 2>&1 &
    server=$!
    url=
    for _ in $(seq 100); do
        url=$(grep -oE 'http://127\.0\.0\.1:[1-9][0-9]*' "$work/log" | head -n 1 || true)
        [ -z "$url" ] || return 0
        kill -0 "$server" 2>/dev/null || break
        sleep 0.2
    done
    echo "the server did not start:" >&2
    cat "$work/log" >&2
    exit 1
}
