"""New statements out of recorded ones: literals, types, functions, arguments and settings are exchanged for others."""
import re

from values import LITERALS, NONDETERMINISTIC, TYPES, costly

TOKEN = re.compile(r"""
    (?P<typed>\b(?:DATE|TIMESTAMP|TIMESTAMP_NTZ|TIMESTAMP_LTZ|X|TIME)\s*'(?:[^'\\]|\\.)*')
  | (?P<interval>\bINTERVAL\s+'(?:[^'\\]|\\.)*'\s+\w+(?:\s+TO\s+\w+)?)
  | (?P<raw>\br'[^']*')
  | (?P<string>'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*")
  | (?P<number>\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?:BD|[LSYDF])?\b)
  | (?P<word>[A-Za-z_]\w*|`[^`]*`)
  | (?P<space>\s+|--[^\n]*\n|/\*.*?\*/)
  | (?P<sign>.)
""", re.X | re.I | re.S)
CASTABLE = ["INT", "BIGINT", "SMALLINT", "TINYINT", "DOUBLE", "FLOAT", "DECIMAL(10,2)", "DECIMAL(38,18)", "DECIMAL(3,0)", "STRING", "BINARY", "BOOLEAN", "DATE", "TIMESTAMP",
            "TIMESTAMP_NTZ", "INTERVAL YEAR TO MONTH", "INTERVAL DAY TO SECOND", "ARRAY<INT>", "ARRAY<STRING>", "MAP<STRING, INT>", "VARIANT"]
CONFS = [{}, {}, {}, {"spark.sql.ansi.enabled": "false"}, {"spark.sql.ansi.enabled": "false"}, {"spark.sql.session.timeZone": "UTC"},
         {"spark.sql.session.timeZone": "Asia/Kolkata"}, {"spark.sql.mapKeyDedupPolicy": "LAST_WIN"}, {"spark.sql.legacy.timeParserPolicy": "LEGACY"}]
ALL = [v for k, vs in LITERALS.items() if k != "time" for v in vs]
PIECES = ["", "a", "\u00e4", "\u65e5", "\U0001F600", " ", "0", "-", ".", "9", "+", ":", "'", "\\n", "{", "]", "/", "%", "_", "E", "Z", "#", ",", "T", "y", "M", "A", "x", "\"", "99999999999"]


def tokens(text):
    return [[m.lastgroup, m.group()] for m in TOKEN.finditer(text)]


def text_of(toks):
    return "".join(t for _, t in toks)


def other_string(r, s):
    """A string literal near s, or one of the pool."""
    quote = s[0]
    body = s[1:-1]
    k = r.random()
    if k < 0.3:
        return r.choice(LITERALS["string"])
    at = r.randrange(len(body) + 1)
    piece = r.choice(PIECES).replace("'", "\\'").replace('"', '\\"')
    if at and body[at - 1] == "\\":
        at -= 1
    if k < 0.55:
        body = body[:at] + piece + body[at:]
    elif k < 0.75:
        body = body[:at] + piece + body[at + 1:]
    elif k < 0.85:
        body = body[:at]
    elif k < 0.9:
        body = body + body
    elif k < 0.95:
        body = body.swapcase()
    else:
        body = body[at:] + body[:at]
    if re.search(r"(^|[^\\])(\\\\)*\\$", body):
        body += "\\"
    if re.search(r"(^|[^\\])(\\\\)*" + quote, body):
        return r.choice(LITERALS["string"])
    return quote + body + quote


def other_number(r, s):
    k = r.random()
    if k < 0.15:
        return "(-" + s + ")"
    if k < 0.35 and s.isdigit():
        return str(int(s) + r.choice([-1, 1, 10]) if int(s) else r.choice([1, 2, 5]))
    if k < 0.75:
        return r.choice(LITERALS["int"])
    return r.choice(LITERALS[r.choice(["bigint", "double", "decimal", "float", "smallint", "tinyint"])])


def other(r, kind, s):
    if r.random() < 0.1:
        return "NULL"
    if r.random() < 0.04:
        return r.choice(ALL)
    if kind in ("string", "raw"):
        return other_string(r, s if kind == "string" else r.choice(LITERALS["string"]))
    if kind == "number":
        return other_number(r, s)
    if kind == "interval":
        return r.choice(LITERALS[r.choice(["ym", "dt", "dt", "calendar"])])
    family = "timestamp_ntz" if s.upper().startswith("TIMESTAMP_NTZ") else "timestamp" if s.upper().startswith("TIMESTAMP") else "binary" if s[0] in "xX" else "date"
    if s.upper().startswith("TIME'") or s.upper().startswith("TIME '"):
        family = "time"
    return r.choice(LITERALS[family])


def arguments(toks):
    """(from, to) of the arguments of calls, in token positions."""
    out, stack = [], []
    for i, (_, t) in enumerate(toks):
        if t == "(":
            stack.append([i, i + 1])
        elif t == "," and stack:
            if i > stack[-1][1]:
                out.append((stack[-1][1], i))
            stack[-1][1] = i + 1
        elif t == ")" and stack:
            if i > stack[-1][1]:
                out.append((stack[-1][1], i))
            stack.pop()
    return out


class Mutator:
    def __init__(self, r, seeds, functions):
        self.r = r
        self.seeds = [s for s in seeds if not re.search(NONDETERMINISTIC, s["query"], re.I) and len(s["query"]) < 1500 and not s.get("nondet")]
        self.functions = functions                 # name -> names called with as many arguments
        self.pieces = []
        for s in self.seeds:
            toks = tokens(s["query"])
            for a, b in arguments(toks):
                piece = text_of(toks[a:b]).strip()
                if 0 < len(piece) < 80 and not re.search(r"\bselect\b|\bvalues\b|->", piece, re.I):
                    self.pieces.append(piece)

    def change(self, toks):
        r = self.r
        literals = [i for i, (k, t) in enumerate(toks) if k in ("typed", "interval", "string", "number", "raw") or t.upper() in ("NULL", "TRUE", "FALSE")]
        k = r.random()
        if literals and k < 0.74:
            i = r.choice(literals)
            kind, s = toks[i]
            toks[i] = ["x", other(r, kind, s) if kind != "word" else r.choice(ALL) if r.random() < 0.5 else r.choice(["NULL", "true", "false", "1", "'a'"])]
        elif literals and k < 0.80:
            i = r.choice(literals)
            toks[i] = ["x", f"CAST({toks[i][1]} AS {r.choice(CASTABLE)})"]
        elif k < 0.88:
            names = [i for i, (kind, t) in enumerate(toks[:-1]) if kind == "word" and toks[i + 1][1] == "(" and t.lower() in self.functions]
            if names:
                i = r.choice(names)
                toks[i] = ["word", r.choice(self.functions[toks[i][1].lower()])]
        elif k < 0.95:
            places = arguments(toks)
            if places:
                a, b = r.choice(places)
                toks[a:b] = [["x", " " + r.choice(self.pieces)]]
        else:
            i = [i for i, (kind, t) in enumerate(toks) if kind == "word" and re.fullmatch(r"(int|bigint|double|string|date|timestamp|float|boolean|binary|smallint|tinyint|long)", t, re.I)]
            if i:
                i = r.choice(i)
                toks[i] = ["word", r.choice(TYPES[:14])]

    def columns(self, toks):
        """Literals become columns of a VALUES relation beside a row of NULLs, when the statement reads no table."""
        r = self.r
        if re.search(r"\b(from|lateral|with|union|over|group)\b", text_of(toks), re.I) or not re.match(r"\s*select\b", text_of(toks), re.I):
            return toks
        cells = []
        out = []
        for k, t in toks:
            if k in ("typed", "string", "number") and len(cells) < 4 and r.random() < 0.5:
                cells.append(t)
                out.append(["word", f"c{len(cells)}"])
            else:
                out.append([k, t])
        if not cells:
            return toks
        names = ", ".join(f"c{i + 1}" for i in range(len(cells)))
        nulls = ", ".join("NULL" for _ in cells)
        rows = f"({', '.join(cells)})" + (f", ({nulls})" if r.random() < 0.7 else "")
        return out + [["x", f" FROM VALUES {rows} AS rt({names})"]]

    def case(self):
        r = self.r
        while True:
            seed = r.choice(self.seeds)
            if seed.get("setup") and r.random() < 0.5:
                continue
            toks = tokens(seed["query"])
            if r.random() < 0.25:
                toks = self.columns(toks)
            for _ in range(r.choice([1, 1, 1, 2, 2, 3])):
                self.change(toks)
            query = text_of(toks)
            if query == seed["query"] or re.search(NONDETERMINISTIC, query, re.I) or costly(query):
                continue
            conf = dict(seed.get("conf") or {})
            if r.random() < 0.4:
                conf.update(r.choice(CONFS))
            return {"conf": conf, "setup": seed.get("setup") or [], "query": query, "seed": seed["id"]}
