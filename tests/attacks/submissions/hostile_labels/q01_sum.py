# ruff: noqa
"""Fills every text that reaches a report with markup, escapes, lone surrogates and what XML cannot hold.

Texts from a worker are made printable, and the reports quote them.
"""

ANSWER = (
    "]]></failure>\x00\ud800\x1b[31m[/red][link=https://example.org]\ufffe<script>alert(1)</script>"
)
TEXT = "[/] [bold]\x00\x0b\ud800\udfff\ufffe\x1b[31m ]]> <b> & {0} {x} %s \n\nq01 4/4"


def count(size, step):
    return {TEXT: [TEXT, "\ud800"], "\x00": {}}


def row_sums(x):
    raise type(TEXT.replace("\x00", ""), (Exception,), {"__module__": TEXT})(TEXT)


def secret(x):
    return TEXT
