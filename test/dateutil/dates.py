"""Reads rules, one JSON object a line, and writes the dates of each after a date, by dateutil."""

import json
import sys
from datetime import datetime

from dateutil.rrule import rrulestr

for line in sys.stdin:
    case = json.loads(line)
    rule = rrulestr(case["rule"], dtstart=datetime.fromisoformat(case["start"]))
    dates = rule.xafter(datetime.fromisoformat(case["after"]), count=case["count"])
    print(json.dumps([date.date().isoformat() for date in dates]))
