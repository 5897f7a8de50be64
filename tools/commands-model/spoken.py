"""Quantities as people say them: numbers, temperatures, durations, clock times, days.

Each function draws from a random.Random and returns (text, keys): the phrase, and what it means.
"""

ONES = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
fifteen sixteen seventeen eighteen nineteen""".split()
TENS = "_ ten twenty thirty forty fifty sixty seventy eighty ninety".split()
DAY_PHRASES = {
    "today": ["today", "this afternoon", "tonight", "this evening"],
    "tomorrow": ["tomorrow", "tomorrow", "tomorrow morning", "tomorrow evening"],
    "everyday": ["every day", "each day", "every morning", "daily"],
    "weekdays": ["every weekday", "on weekdays", "on work days", "monday to friday"],
    "weekend": ["at the weekend", "on the weekend", "on weekends", "this weekend"]}


def words(number):
    """Return a whole number from 0 to 999 in words."""
    if number < 20:
        return ONES[number]
    if number < 100:
        return TENS[number // 10] + (" " + ONES[number % 10] if number % 10 else "")
    return words(number // 100) + " hundred" + (" " + words(number % 100) if number % 100 else "")


def _written(r, number, spoken=0.5):
    return words(number) if r.random() < spoken else str(number)


def value(r):
    """A whole number from 0 to 100, often a round one."""
    number = r.choice([r.randint(0, 100), r.randrange(0, 101, 5), r.randrange(0, 101, 10)])
    if number == 100 and r.random() < 0.3:
        return "a hundred", {"value": 100}
    return _written(r, number), {"value": number}


def small(r):
    """A whole number as people use it for a little more or less."""
    number = r.choice([5, 10, 10, 15, 20, 20, 25, 30, 40, r.randint(2, 50)])
    return _written(r, number), {"value": number}


def degrees(r, step=False):
    """A temperature in Celsius or Fahrenheit, or (`step`) a difference of temperatures."""
    if step:
        number = r.choice([1, 1, 2, 2, 3, 4, 5])
    else:
        number = r.randint(5, 30) if r.random() < 0.75 else r.randint(55, 90)
    if r.random() < 0.78:
        return _written(r, number), {"value": number}
    if r.random() < 0.6:
        half = [f"{words(number)} and a half", f"{words(number)} point five", f"{number}.5",
                f"{number} and a half"]
        return r.choice(half), {"value": number + 0.5}
    tenth = r.randint(1, 9)
    return (f"{number}.{tenth}" if r.random() < 0.5 else f"{words(number)} point {words(tenth)}",
            {"value": round(number + tenth / 10, 1)})


FIXED_DURATIONS = [
    ("half an hour", {"minutes": 30}), ("half hour", {"minutes": 30}), ("a half hour", {"minutes": 30}),
    ("an hour and a half", {"hours": 1, "minutes": 30}), ("one and a half hours", {"hours": 1, "minutes": 30}),
    ("a quarter of an hour", {"minutes": 15}), ("quarter of an hour", {"minutes": 15}),
    ("three quarters of an hour", {"minutes": 45}), ("an hour", {"hours": 1}), ("a minute", {"minutes": 1}),
    ("a minute and a half", {"minutes": 1, "seconds": 30}), ("half a minute", {"seconds": 30}),
    ("a couple of minutes", {"minutes": 2}), ("a couple of hours", {"hours": 2}),
    ("an hour and a quarter", {"hours": 1, "minutes": 15})]


def duration(r):
    """A time span; keys hours, minutes, seconds."""
    draw = r.random()
    if draw < 0.14:
        text, keys = r.choice(FIXED_DURATIONS)
        return text, dict(keys)
    if draw < 0.20:
        number = r.randint(2, 12)
        unit, low = r.choice([("hours", "minutes"), ("minutes", "seconds")])
        said = _written(r, number)
        return (r.choice([f"{said} and a half {unit}", f"{said} {unit} and a half"]),
                {unit: number, low: 30})
    keys = {}
    for unit, most, share in (("hours", 12, 0.18), ("minutes", 59, 0.75), ("seconds", 59, 0.2)):
        if r.random() < share:
            common = [n for n in (1, 2, 3, 4, 5, 8, 10, 12, 15, 20, 25, 30, 40, 45) if n <= most]
            keys[unit] = r.choice([r.randint(1, most), r.choice(common)])
    if not keys:
        keys["minutes"] = r.choice([r.randint(1, 59), r.randint(60, 120)])
    spoken = r.random() < 0.5
    short = not spoken and r.random() < 0.08
    units = {"hours": "h", "minutes": "min", "seconds": "sec"} if short else {}
    parts = [f"{words(n) if spoken else n} {units.get(unit, unit[:-1] if n == 1 else unit)}"
             for unit, n in keys.items()]
    if len(parts) == 1:
        return parts[0], keys
    joined = [" ".join(parts), " and ".join(parts), " ".join(parts[:-1]) + " and " + parts[-1]]
    return r.choice(joined), keys


def clock(r):
    """A time of day; keys hour (0 to 23 where the part of the day is said) and minute if not zero."""
    draw = r.random()
    if draw < 0.07:
        return r.choice([("noon", {"hour": 12}), ("midnight", {"hour": 0}), ("midday", {"hour": 12})])
    hour, minute = r.randint(1, 12), r.choice([0, 0, 0, 15, 30, 30, 45, r.randint(1, 59), r.randrange(5, 60, 5)])
    if draw < 0.15:
        hour = r.randint(0, 23)
        return f"{hour}:{minute:02}", _time(hour, minute)
    text = _clock_phrase(r, hour, minute)
    half = r.random()
    if half < 0.25:
        return text + r.choice([" am", " a m", " in the morning", " am"]), _time(hour % 12, minute)
    if half < 0.5:
        evening = " in the afternoon" if hour % 12 < 5 else " in the evening"
        return text + r.choice([" pm", " p m", evening, " pm"]), _time(hour % 12 + 12, minute)
    return text, _time(hour, minute)


def _time(hour, minute):
    return {"hour": hour, "minute": minute} if minute else {"hour": hour}


def _clock_phrase(r, hour, minute):
    said, following = _written(r, hour), _written(r, hour % 12 + 1)
    if minute == 0:
        return r.choice([said, said, f"{said} o'clock", f"{hour}:00"])
    forms = [f"{hour}:{minute:02}"] * 2
    forms.append(f"{words(hour)} {words(minute) if minute > 9 else 'oh ' + words(minute)}")
    if minute in (15, 30):
        forms += [f"{'quarter' if minute == 15 else 'half'} past {said}"] * 2
    if minute == 30:
        forms.append(f"half {said}")
    if minute == 45:
        forms += [f"quarter to {following}", f"a quarter to {following}"]
    elif minute > 30 and minute % 5 == 0:
        forms.append(f"{_written(r, 60 - minute)} to {following}")
    elif minute % 5 == 0:
        forms.append(f"{_written(r, minute)} past {said}")
    return r.choice(forms)


def day(r):
    """A day or days; key day."""
    weekdays = "monday tuesday wednesday thursday friday saturday sunday".split()
    name = r.choice(["today", "tomorrow", "tomorrow", "tomorrow", *weekdays, "everyday", "weekdays", "weekend"])
    if name in DAY_PHRASES:
        return r.choice(DAY_PHRASES[name]), {"day": name}
    return r.choice([f"on {name}", name, f"on {name}", f"this {name}", f"{name} morning"]), {"day": name}
