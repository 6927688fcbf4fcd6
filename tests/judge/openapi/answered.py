"""Whether every path of the document was answered as it should be at least once, and none by a 5xx.

    answered.py openapi.json metrics

Otherwise a judge that is always refused would find nothing.
"""

import json
import re
import sys

document, metrics = sys.argv[1:]
counts = {}
for line in open(metrics, encoding="utf-8"):
    found = re.match(r'wangge_requests_total\{route="(.+)",status="(\d+)"\} (\d+)', line)
    if found:
        route, status, count = found.groups()
        counts.setdefault(route, {})[status] = int(count)

wrong = []
for path in json.load(open(document, encoding="utf-8"))["paths"]:
    seen = counts.get(path, {})
    print(f"{path:40}", "  ".join(f"{status}: {count}" for status, count in sorted(seen.items())))
    if not any(status.startswith("2") for status in seen):
        wrong.append(f"{path} was never answered as it should be")
for route, seen in counts.items():
    wrong += [f"{route} was answered {status}" for status in seen if status.startswith("5")]
print("\n".join(wrong) or "every path was answered, and none by a 5xx")
sys.exit(bool(wrong))
