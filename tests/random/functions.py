"""Calls of every function in tables/functions with argument values of each type that its signature accepts, and some that it does not."""
import glob
import os
import re

from values import CLASSES, COLUMNS_T, LITERALS, NONDETERMINISTIC, SETUP_T, costly

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ROW = re.compile(r'^FNV?\((\w+),\s*"([^"]+)",\s*"((?:[^"\\]|\\.)*)"', re.M)
SKIP = {"raise_error", "assert_true", "java_method", "reflect", "try_reflect", "read_files", "sql_keywords", "range", "collations", "from_avro", "to_avro", "from_protobuf",
        "to_protobuf", "schema_of_avro", "input_file_name", "input_file_block_start", "input_file_block_length", "partitioning", "lambdafunction", "window", "session_window"}
# Texts that make sense to functions by what their names say.
HINTS = [
    (r"json", ["'{\"a\": 1, \"b\": \"x\"}'", "'[1, 2, 3]'", "'$.a'", "'{\"a\": null}'", "'a INT, b STRING'", "'{\"a\": [1, {\"b\": 2}]}'", "'not json'", "'$[1]'", "'$.b'", "'a'", "'$.a[1].b'"]),
    (r"variant", ["'$.a'", "'$[0]'", "'int'", "'string'", "'$.b[2]'", "'{\"a\": 1}'", "'$'", "'array<variant>'", "'decimal(5,2)'", "'boolean'"]),
    (r"xml|xpath", ["'<p><a>1</a><a>x</a></p>'", "'p/a/text()'", "'sum(p/a)'", "'a INT'", "'<a b=\"1\">t</a>'", "'p/a[2]'", "'<a'"]),
    (r"csv", ["'1,abc'", "'a INT, b STRING'", "'1;2'", "'\"x,y\",2'", "','"]),
    (r"date|time|trunc|extract|year|month|day|hour|unix|utc|minute|second|quarter|week", ["'year'", "'MONTH'", "'week'", "'2024-02-29'", "'2024-03-10 02:30:00'", "'yyyy-MM-dd'", "'HH:mm:ss.SSS'", "'quarter'",
        "'America/New_York'", "'UTC'", "'+05:30'", "'MON'", "'Sunday'", "'DD'", "'EEEE, d MMM yy'", "'hour'", "'microsecond'", "'2024-12-31T23:59:59Z'", "'dow'", "'isoyear'", "'epoch'"]),
    (r"regexp|like|split", ["'a.*'", "'(\\\\w)(\\\\d*)'", "'[a-c]+'", "'$1'", "'a1b22'", "'('", "'%b_'", "'|'", "''"]),
    (r"url", ["'https://u:p@h.org:80/p/q?k=v&x=%20#f'", "'HOST'", "'QUERY'", "'k'", "'%41+b'", "'PATH'"]),
    (r"to_number|to_char|to_varchar|format_number", ["'999'", "'$99,999.99'", "'S000'", "'0.00'", "'12,454.8'", "'999PR'", "'MI9'", "'$78.12'", "'#,###.##'", "'hex'", "'utf-8'", "'base64'"]),
    (r"encode|decode|to_binary|charset", ["'utf-8'", "'UTF-16'", "'hex'", "'base64'", "'YWJj'", "'616263'", "'ISO-8859-1'", "'US-ASCII'"]),
    (r"format_string|printf", ["'%d-%s'", "'%05.2f'", "'%x %X'", "'%,d'", "'%-5s|'", "'%e'", "'%b %c'", "'%1$s %1$s'", "'%%'"]),
    (r"aes|hmac", ["'0000111122223333'", "'abcdefghijklmnop'", "'ECB'", "'CBC'", "'GCM'", "'PKCS'", "'SHA-512'"]),
    (r"st_", ["X'0101000000000000000000F03F0000000000000040'", "4326", "3857", "0"]),
    (r"collat", ["'UNICODE'", "'UTF8_LCASE'", "'UTF8_BINARY'", "'UNICODE_CI'"]),
    (r"interval", ["'1 year 2 days'", "'3 hours'"]),
    (r"percentile|quantile|median|mode", ["0.5", "array(0.25, 0.75)", "0", "1", "1.5", "100"]),
    (r"elt|substr|left|right|pad|repeat|overlay|slice|element_at|insert|locate|instr|round|ceil|floor|bit|ntile|lag|lead|nth|conv|width", ["0", "1", "-1", "2", "3", "10", "16", "-2"]),
]


def split_top(text, sep=","):
    parts, depth, start = [], 0, 0
    for i, c in enumerate(text):
        if c in "(<":
            depth += 1
        elif c in ")>" and text[i - 1:i + 1] != "->":
            depth -= 1
        elif c == sep and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    parts.append(text[start:])
    return [p.strip() for p in parts if p.strip()]


class Param:
    def __init__(self, text):
        self.optional = "?" in text or "=" in text or text.endswith("*")
        self.many = text.endswith("...") or text.endswith("*")
        text = re.sub(r"=.*", "", text).replace("...", "").rstrip("*").strip()
        self.named = re.match(r"(\w+):\s", text)
        if self.named and text.split(":")[0] not in "TUKV":
            text = text.split(":", 1)[1].strip()
        self.lit = bool(re.search(r"\blit\b", text))
        self.function = text.startswith("fn(")
        text = re.sub(r"\blit\b", "", text).replace("!", "").replace("?", "").strip()
        self.arity = len(split_top(re.match(r"fn\((.*)\)", text)[1])) if self.function else 0
        self.types = split_top(text, "|") if not self.function else []


def rows():
    """name -> list of parameter lists; aliases share their target's."""
    table, kinds, aliases = {}, {}, {}
    for path in sorted(glob.glob(os.path.join(ROOT, "tables", "functions", "*.def"))):
        for kind, name, sig in ROW.findall(open(path, encoding="utf-8").read()):
            if kind == "ALIAS":
                aliases[name] = sig
            elif " " not in name and re.fullmatch(r"\w+", name):
                body = re.match(r"\((.*)\)\s*->", sig)
                table.setdefault(name, []).append([Param(p) for p in split_top(body[1])])
                kinds[name] = kind
    for name, target in aliases.items():
        if target in table:
            table[name], kinds[name] = table[target], kinds[target]
    return table, kinds


BATCH = 8


class Calls:
    def __init__(self, r, piezo):
        self.r, self.piezo = r, piezo
        self.waiting = {}
        self.table, self.kinds = rows()
        self.names = sorted(n for n in self.table if n not in SKIP and not re.search(NONDETERMINISTIC, n + " ", re.I))
        self.next = r.randrange(len(self.names))
        self.hints = {n: [x for pattern, xs in HINTS if re.search(pattern, n) for x in xs] for n in self.names}

    def by_type(self, t, column=False):
        r = self.r
        t = t.strip()
        if t[:2] in ("T", "U", "K", "V", "W", "T:", "U:"):
            t = t[2:] or "any"
        if t in CLASSES:
            t = r.choice(CLASSES[t])
        t = {"array<T>": "array<int>", "array<int>": "array<int>", "map<K, V>": "map", "map<string, string>": "map", "decimal(10,2)": "decimal"}.get(t, t)
        if t.startswith("array<") and t not in LITERALS:
            t = r.choice(["array<int>", "array<string>", "array<double>", "array<array<int>>"])
        if t.startswith("map<"):
            t = "map"
        if t.startswith("decimal"):
            t = "decimal"
        if t.startswith("struct"):
            t = "struct"
        if t not in LITERALS:
            t = r.choice(CLASSES["any"])
        if column:
            names = [c for c, ct in COLUMNS_T if ct == t]
            if names:
                return r.choice(names)
        return r.choice(LITERALS[t])

    def argument(self, name, p, column, chosen):
        r = self.r
        if p.function:
            names = ["x", "y", "z"][:p.arity]
            body = r.choice(["x", "x IS NULL", "x > 1", "true", "NULL", "concat(x, 'a')", "x + 1", "length(x)", "array(x)", "named_struct('v', x)", "-x"] +
                            (["x + y", "y", "coalesce(x, y)", "y > 0", "x < y", "x = y", "CASE WHEN x < y THEN -1 WHEN x > y THEN 1 ELSE 0 END"] if p.arity > 1 else []))
            return f"{names[0]} -> {body}" if len(names) == 1 else f"({', '.join(names)}) -> {body}"
        if r.random() < 0.05:
            return "NULL"
        if r.random() < 0.06:
            return self.by_type("any", column)
        t = r.choice(p.types) if p.types else "any"
        texty = t in ("string", "any", "T", "U", "binary", "variant") or r.random() < 0.15
        if self.hints[name] and r.random() < (0.6 if texty else 0.15):
            v = r.choice(self.hints[name])
            return f"parse_json({v})" if t == "variant" and v.startswith("'") and r.random() < 0.5 else v
        if t[0] in "TUKVW" and (len(t) == 1 or t[1] == ":") and chosen.get(t[0]) and r.random() < 0.85:
            t = chosen[t[0]]
        elif t[0] in "TUKVW" and (len(t) == 1 or t[1] == ":"):
            chosen[t[0]] = r.choice(CLASSES["orderable"])
            t = chosen[t[0]]
        elif t == "array<T>":
            t = r.choice(["array<int>", "array<string>", "array<double>"])
            chosen["T"] = t[6:-1]
        return self.by_type(t, column and not p.lit)

    def call(self, name, column):
        r = self.r
        params = r.choice(self.table[name])
        args, chosen = [], {}
        for p in params:
            if p.optional and r.random() < 0.4:
                break
            for _ in range(r.choice([1, 1, 2, 3]) if p.many else 1):
                args.append(self.argument(name, p, column, chosen))
        if r.random() < 0.02:
            args = args[:-1] if r.random() < 0.5 else args + ["1"]
        distinct = "DISTINCT " if self.kinds[name] == "AGG" and args and r.random() < 0.1 else ""
        text = f"{name}({distinct}{', '.join(args)})"
        if self.kinds[name] == "AGG":
            if re.match(r"percentile_(cont|disc)|mode$", name) and (not args or name != "mode"):
                text += f" WITHIN GROUP (ORDER BY {self.by_type(r.choice(['int', 'double', 'dt']), True)}{r.choice(['', ' DESC'])})"
            elif name in ("listagg", "string_agg") and r.random() < 0.5:
                text += f" WITHIN GROUP (ORDER BY {args[0] if args else 'id'}{r.choice(['', ' DESC'])})"
            if r.random() < 0.15:
                text += f" FILTER (WHERE {r.choice(['id > 3', 'bo', 'g IS NOT NULL'])})"
        return text

    def case(self):
        """A statement, or several calls that Piezo answers as the columns of one statement: {"parts": cases, ...}."""
        while True:
            case = self.single()
            if costly(case["query"]):
                continue
            if not case.get("scalar"):
                return case
            error = self.piezo.answer(case).get("error")
            if error:
                if error["class"] in ("TIMEOUT", "SparkConnectGrpcException", "RetriesExceeded"):
                    return case
                if self.r.random() < 0.3:
                    return case
                continue
            key = repr((case["conf"], case["setup"]))
            parts = self.waiting.setdefault(key, [])
            parts.append(case)
            if len(parts) == BATCH:
                del self.waiting[key]
                columns = ", ".join(c["scalar"] for c in parts)
                return {**parts[0], "parts": parts, "query": f"SELECT {columns}" + (" FROM t ORDER BY id" if parts[0]["setup"] else "")}

    def single(self):
        r = self.r
        name = self.names[self.next % len(self.names)]
        self.next += 1
        kind = self.kinds[name]
        conf = r.choice([{}, {}, {"spark.sql.ansi.enabled": "false"}])
        column = kind in ("AGG", "WINDOW") or r.random() < 0.4
        call = self.call(name, column)
        if kind == "AGG":
            query = r.choice([f"SELECT {call} AS r FROM (SELECT * FROM t ORDER BY id)", f"SELECT g, {call} AS r FROM (SELECT * FROM t ORDER BY id) GROUP BY g ORDER BY g",
                              f"SELECT id, {call} OVER ({r.choice(['', 'PARTITION BY g ', ''])}ORDER BY id{r.choice(['', ' ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING', ' ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW'])}) AS r FROM t ORDER BY id",
                              f"SELECT {call} AS r FROM t WHERE false"])
        elif kind == "WINDOW":
            query = f"SELECT id, {call} OVER ({r.choice(['', 'PARTITION BY g '])}ORDER BY {r.choice(['id', 'g', 's', 'd DESC', 'dt NULLS LAST'])}, id) AS r FROM t ORDER BY id"
        elif kind == "GEN":
            query = r.choice([f"SELECT {call}", f"SELECT * FROM {call}", f"SELECT id, x.* FROM t LATERAL VIEW {r.choice(['', 'OUTER '])}{call} x ORDER BY id"]) if not column else \
                f"SELECT id, x.* FROM t LATERAL VIEW {r.choice(['', 'OUTER '])}{call} x ORDER BY id"
        elif kind == "TVF":
            query = f"SELECT * FROM {call}"
        else:
            query = f"SELECT {call}" + (r.choice(["", " AS r"])) + (" FROM t ORDER BY id" if column else "")
        uses = bool(re.search(r"\bt\b", query))
        case = {"conf": conf, "setup": [SETUP_T] if uses else [], "query": query, "function": name}
        if kind not in ("AGG", "WINDOW", "GEN", "TVF"):
            case["scalar"] = query[len("SELECT "):].removesuffix(" FROM t ORDER BY id")
        return case
