#!/usr/bin/env bash
# schemathesis judges the server by its own document: whatever is asked, right or wrong, by whoever, the answer must be
# one that /openapi.json declares, and never a 5xx.
#
#   tests/judge/openapi.sh     (or: make judge)     SEED=n other cases, CASES=n how many an operation
#
# Exit 1 if any answer is undeclared or a 5xx, or if an operation was never answered as it should be.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/judge/common.sh
prepare
if [ -z "${WANGGE:-}" ]; then cargo build --release; fi
wangge=${WANGGE:-target/release/wangge}
export PYTHONPATH=tests/judge/openapi PYTHONDONTWRITEBYTECODE=1 HYPOTHESIS_STORAGE_DIRECTORY=$work/hypothesis
store=$work/judge.gpkg
password='four quiet herons walk'

$wangge synth --store "$store" --grids 300
declare -A key
account() { # name, what `wangge user add` takes
    "$wangge" user add "$@" --store "$store" --password-stdin <<<"$password"
    key[$1]=$("$wangge" key create "of $1" --account "$1" --store "$store" | grep -oE 'wk_[0-9a-f]{64}')
}
account chief --admin
account looker --role viewer --area 320924100
account caller --role dispatcher
account listener --role auditor
account zhangsan --role viewer --area 320924101
account planner --role planner
account approver --role approver
leaving=(signOut signOutEverywhere changePassword)
for operation in "${leaving[@]}"; do account "$operation" --role viewer; done

failed=0
ask() { # title, what `schemathesis run` takes
    printf '\n== %s\n' "$1"
    shift
    timeout 600 $venv/bin/schemathesis --config-file tests/judge/openapi/schemathesis.toml run "$url/openapi.json" \
        --url "$url" --seed "${SEED:-1}" --max-examples "${CASES:-30}" --phases examples,coverage,fuzzing \
        --no-color "$@" >"$work/said" 2>&1 && { tail -n 4 "$work/said"; return; }
    failed=1
    grep -v '^$' "$work/said" | cut -c1-500
}
# A cookie of a new session, from the server's own page.
sign_in() { # name
    curl -sf -o /dev/null -D - "$url/api/session" -H 'Content-Type: application/json' \
        -d "{\"name\":\"$1\",\"password\":\"$password\"}" | grep -ioE 'wangge=ws_[0-9a-f]{64}'
}
# The first run of text like $2 in the first like $1; all of the input is read, so that who writes it is not cut off.
first() { grep -oE "$1" | grep -oE "$2" | sed -n 1p; }
as() { echo "Authorization: Bearer ${key[$1]}"; }

rates=(--rate-sign-in 0 --rate-locate 0 --rate-search 0 --rate-export 0)
serve --store "$store" --map accounts "${rates[@]}"
export JUDGE_URL=$url JUDGE_PASSWORD=$password JUDGE_LINK= JUDGE_SESSION= JUDGE_PLANNER=${key[planner]}
# Before so many wrong passwords come from this address that no right one is looked at.
declare -A session
for name in caller chief "${leaving[@]}"; do session[$name]=$(sign_in "$name"); done
sign_in caller >"$work/other"
ask "nobody, the map for accounts"
ask "a viewer's key, the map for accounts" -H "$(as looker)" --exclude-checks ignored_auth

serve --store "$store" --map public "${rates[@]}"
export JUDGE_URL=$url
curl -sf "$url/openapi.json" >"$work/openapi.json"
$venv/bin/openapi-spec-validator "$work/openapi.json"
ask "nobody, the map public"
ask "a viewer's key" -H "$(as looker)" --exclude-checks ignored_auth
ask "a dispatcher's key" -H "$(as caller)" --exclude-checks ignored_auth
ask "an auditor's key" -H "$(as listener)" --exclude-checks ignored_auth
ask "an administrator's key, as a password" --auth "anybody:${key[chief]}" --exclude-checks ignored_auth

# A plan that renames a grid, for each state that something is asked of it in.
grid=$(curl -sf "$url/api/units?level=grid" | first '"code":"[0-9]{15}"' '[0-9]{15}')
on_plan() { # what is asked, as whom, at which revision, what curl takes
    curl -sf -o /dev/null -X POST "$url/api/plans/$1" -H "$(as "$2")" -H "If-Match: \"$3\"" "${@:4}"
}
export JUDGE_GRID=$grid
n=0
for state in PLAN DROP REDO SUBMIT DECIDE APPROVE REJECT PUBLISH; do
    n=$((n + 1))
    curl -sf -o /dev/null "$url/api/plans" -H "$(as planner)" -H 'Content-Type: application/json' -d "{\"title\":\"$state\"}"
    on_plan $n/edits planner 1 -H 'Content-Type: application/json' -d "{\"op\":\"rename\",\"unit\":\"$grid\",\"name\":\"$state\"}"
    case $state in DECIDE | APPROVE | REJECT | PUBLISH) on_plan $n/submit planner 2 ;; esac
    case $state in PUBLISH) on_plan $n/approve approver 3 ;; esac
    export "JUDGE_$state=$n"
done
for who in planner approver; do
    ask "a key of the $who, plans" -H "$(as $who)" --include-path-regex '^/api/plans' --exclude-checks ignored_auth
done

ask "a key of the planner, an older version" -H "$(as planner)" --include-operation-id restoreVersion --exclude-checks ignored_auth
# From here on keys and sessions end, and accounts change.
from_page() { # cookie, what curl takes
    curl -sf -H "Cookie: $1" -H "Origin: $url" "${@:2}"
}
cookie=${session[caller]}
JUDGE_SESSION=$(from_page "$cookie" "$url/api/sessions" |
    first '"current":false[^}]*"id":"[0-9a-f]{16}"|"id":"[0-9a-f]{16}"[^}]*"current":false' '[0-9a-f]{16}')
ask "a session ends another" -H "Cookie: $cookie" -H "Origin: $url" --include-operation-id endSession --exclude-checks ignored_auth
cookie=${session[chief]}
JUDGE_LINK=$(from_page "$cookie" -X POST "$url/api/accounts/zhangsan/link" | grep -oE 'wl_[0-9a-f]{64}')
ask "nobody, with a link" --include-operation-id redeemLink
ask "an administrator's session" -H "Cookie: $cookie" -H "Origin: $url" --exclude-checks ignored_auth \
    "${leaving[@]/#/--exclude-operation-id=}" --exclude-operation-id=endSession
for operation in "${leaving[@]}"; do
    ask "a session: $operation" -H "Cookie: ${session[$operation]}" -H "Origin: $url" --include-operation-id $operation \
        --exclude-checks ignored_auth
done
printf '\n== what was answered, by path\n'
$venv/bin/python tests/judge/openapi/answered.py "$work/openapi.json" <(curl -sf "$url/metrics") || failed=1
exit $failed
