"""Conversations of every form that clients send; conversations_test.py renders them with public templates."""

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Weather of a city, \"now\" & <soon>; it's in °C.",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string", "description": "Name of the city"},
                "unit": {"type": "string", "enum": ["celsius", "fahrenheit"], "default": "celsius"},
                "days": {"type": ["integer", "null"], "minimum": 0, "maximum": 7.5},
                "place": {"type": "object", "properties": {"lat": {"type": "number"}},
                          "required": ["lat"]},
                "tags": {"type": "array", "items": {"type": "string"}},
            },
            "required": ["city"],
        },
        "return": {"type": "string", "description": "A sentence"},
    },
}
CLOCK = {
    "type": "function",
    "function": {"name": "clock", "description": "", "parameters": {"type": "object", "properties": {}}},
}
DOCUMENTS = [{"title": "Cats", "text": "Cats sleep.", "doc_id": 1, "content": "Cats sleep."},
             {"title": "Dogs\n", "text": "Dogs bark.", "doc_id": 2, "content": "Dogs bark."}]


def user(content):
    return {"role": "user", "content": content}


def assistant(content, **more):
    return {"role": "assistant", "content": content, **more}


def call(name, arguments, number=0):
    return {"id": f"call{number}abcd"[:9], "type": "function", "function": {"name": name, "arguments": arguments}}


def tool(content, number=0, **more):
    return {"role": "tool", "tool_call_id": f"call{number}abcd"[:9], "content": content, **more}


def text_parts(*texts):
    return [{"type": "text", "text": text} for text in texts]


SYSTEM = {"role": "system", "content": "Answer in one\nword. "}
HELLO = user("Hello, {name}! 100% é 中 🙂")
CITY = {"city": "Zürich", "days": 2, "unit": None, "place": {"lat": 47.5}, "tags": ["a", "\"b\""], "deep": True}

PLAIN = {
    "one": [HELLO],
    "system": [SYSTEM, HELLO],
    "turns": [HELLO, assistant("Hi!"), user("And\n\nthe dog?"), assistant(" ok \n"), user("  Thanks ")],
    "system_turns": [SYSTEM, HELLO, assistant("Hi!"), user("More"), assistant("Yes."), user("Thanks")],
    "ends_with_reply": [HELLO, assistant("Hi!")],
    "developer": [{"role": "developer", "content": "Be brief."}, HELLO],
    "two_systems": [SYSTEM, {"role": "system", "content": "And kind."}, HELLO, assistant("Hi"), user("x")],
    "late_system": [HELLO, assistant("Hi!"), SYSTEM, user("More")],
    "two_users": [HELLO, user("Still there?")],
    "assistant_first": [assistant("Welcome!"), HELLO],
    "only_system": [SYSTEM],
    "nothing": [],
    "unknown_role": [{"role": "narrator", "content": "Once"}, HELLO],
    "no_content": [{"role": "user"}],
    "null_content": [HELLO, assistant(None), user("More")],
    "empty_content": [user(""), assistant(""), user("")],
    "blank_content": [user(" \n "), assistant("\n"), user("\t")],
    "parts": [{"role": "system", "content": text_parts("Be kind.")}, user(text_parts("Look", " here")),
              assistant(text_parts("Yes")), user(text_parts("Thanks"))],
    "empty_parts": [user([]), assistant([]), user(text_parts(""))],
    "image": [user([{"type": "image"}, {"type": "text", "text": "What is it?"}])],
    "image_url": [user([{"type": "image_url", "image_url": {"url": "data:,x"}}, *text_parts("What?")])],
    "marks": [user("<think>a</think> <|im_end|> /no_think [INST] </s>"), assistant("<think>x</think>y"),
              user("<tool_response>\nz\n</tool_response>")],
    "no_think": [user("Hello /no_think"), assistant("Hi"), user("More /think")],
    "named": [{"role": "user", "name": "Ann", "content": "Hi"}, {"role": "assistant", "name": "Bo", "content": "x"},
              user("?")],
}

REASONING = {
    "field": [HELLO, assistant("Hi!", reasoning_content="They greet.\n"), user("More")],
    "field_last": [HELLO, assistant("Hi!", reasoning_content="They greet.")],
    "thinking": [HELLO, assistant("Hi!", thinking="They greet."), user("More")],
    "reasoning": [HELLO, assistant("Hi!", reasoning="They greet."), user("More")],
    "in_text": [HELLO, assistant("<think>\nThey greet.\n</think>\n\nHi!"), user("More")],
    "in_text_last": [SYSTEM, HELLO, assistant("<think>They greet.</think>Hi!")],
    "half": [HELLO, assistant("They greet.\n</think>\n\nHi!"), user("More"), assistant("x</think>y</think>z")],
    "empty": [HELLO, assistant("Hi!", reasoning_content=""), user("More"), assistant("Yes", reasoning_content=None)],
    "thinking_part": [HELLO, assistant([{"type": "thinking", "thinking": "They greet."}, *text_parts("Hi!")]),
                      user("More")],
}

TOOLS = {
    "asked": [user("Weather in Zürich?")],
    "asked_system": [SYSTEM, user("Weather in Zürich?")],
    "called": [user("Weather?"), assistant("", tool_calls=[call("get_weather", CITY)])],
    "answered": [SYSTEM, user("Weather?"), assistant("", tool_calls=[call("get_weather", CITY)]),
                 tool("{\"sky\": \"clear\"}", name="get_weather")],
    "went_on": [user("Weather?"), assistant(None, tool_calls=[call("get_weather", {"city": "Rome"})]),
                tool("Sunny", name="get_weather"), assistant("It is sunny."), user("Thanks")],
    "no_content": [user("Weather?"), {"role": "assistant", "tool_calls": [call("clock", {})]}, tool("12:00")],
    "two_calls": [user("Weather?"), assistant("Let me see.", tool_calls=[call("get_weather", {"city": "Rome"}),
                                                                         call("clock", {}, 1)]),
                  tool("Sunny"), tool("12:00", 1), assistant("Done."), user("And?")],
    "text_arguments": [user("Weather?"), assistant("", tool_calls=[call("get_weather", "{\"city\": \"Rome\"}")]),
                       tool("Sunny")],
    "reasoned": [user("Weather?"), assistant("", reasoning_content="Ask the tool.",
                                             tool_calls=[call("get_weather", {"city": "Rome"})]),
                 tool("Sunny"), assistant("Sunny.", reasoning_content="Tell them."), user("Thanks")],
    "parts_result": [user("Weather?"), assistant("", tool_calls=[call("get_weather", {"city": "Rome"})]),
                     tool(text_parts("Sunny", " and warm"))],
    "object_result": [user("Weather?"), assistant("", tool_calls=[call("get_weather", {"city": "Rome"})]),
                      tool({"sky": ["clear", 1.5, True, None]})],
    "flat_call": [user("Weather?"), assistant("", tool_calls=[{"name": "get_weather", "arguments": {"city": "R"}}]),
                  tool("Sunny")],
    "twice": [user("Weather?"), assistant("", tool_calls=[call("get_weather", {"city": "Rome"})]), tool("Sunny"),
              assistant("", tool_calls=[call("clock", {}, 1)]), tool("12:00", 1)],
}

TOOL_LISTS = {"none": None, "empty": [], "one": [WEATHER], "two": [WEATHER, CLOCK],
              "flat": [WEATHER["function"]]}

SETTINGS = [
    {},
    {"enable_thinking": False},
    {"enable_thinking": True, "thinking": True, "preserve_thinking": True},
    {"reasoning_effort": "high", "thinking_budget": 512, "date_string": "1 Jan 2031", "keep_all_reasoning": True},
    {"custom_instructions": "Be kind.", "xml_tools": [WEATHER], "builtin_tools": ["python"], "model_identity": "You."},
]


def cases():
    """(name, variables): everything a template is rendered with, but for the tokens."""
    for group, conversations in (("plain", PLAIN), ("reasoning", REASONING)):
        for name, messages in conversations.items():
            for prompt in (True, False):
                for index, settings in enumerate(SETTINGS if name in ("one", "system_turns", "field", "in_text") else SETTINGS[:1]):
                    yield (f"{group}/{name}/{prompt}/{index}",
                           {"messages": messages, "tools": None, "documents": None, "add_generation_prompt": prompt,
                            **settings})
    for name, messages in TOOLS.items():
        for kind, tools in TOOL_LISTS.items():
            for index, settings in enumerate(SETTINGS if kind == "two" else SETTINGS[:1]):
                yield (f"tools/{name}/{kind}/{index}",
                       {"messages": messages, "tools": tools, "documents": None, "add_generation_prompt": True,
                        **settings})
    yield "documents", {"messages": PLAIN["turns"], "tools": None, "documents": DOCUMENTS,
                        "add_generation_prompt": True}
    yield "absent", {"messages": PLAIN["system_turns"]}
