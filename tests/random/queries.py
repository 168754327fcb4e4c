"""Random queries over the fixed tables: typed expressions inside joins, aggregates, windows, set operations, subqueries, pivots.

Queries are trees, so that a difference can be made smaller: every expression may give way to one of its own parts of the same type, or to a
column; every clause that can be left out may be left out.  Each query has a total order where order or a limit matters.
"""
import re

from forms import Forms
from values import LITERALS, SETUP_T, SETUP_U, costly

# type -> productions; {type} stands for an expression of that type
SCALAR = {
    "int": ["{int} + {int}", "{int} - {int}", "{int} * {int}", "{int} % {int}", "{int} div {int}", "-{int}", "abs({int})", "length({string})", "year({date})", "month({date})",
            "day({timestamp})", "hour({timestamp})", "datediff({date}, {date})", "CASE WHEN {bool} THEN {int} ELSE {int} END", "coalesce({int}, {int})", "nullif({int}, {int})",
            "if({bool}, {int}, {int})", "size({ints})", "size({map})", "greatest({int}, {int})", "least({int}, {int})", "element_at({ints}, 1)", "{ints}[0]", "ascii({string})",
            "CAST({double} AS INT)", "CAST({string} AS INT)", "try_cast({string} AS INT)", "instr({string}, {string})", "levenshtein({string}, {string})", "{struct}.a", "int({bool})",
            "array_position({ints}, {int})", "weekofyear({date})", "{map}['a']", "{int} & {int}", "{int} | {int}", "shiftleft({int}, 2)", "bit_count({int})", "pmod({int}, {int})",
            "aggregate({ints}, 0, (acc, e) -> acc + e)", "CAST({decimal} AS INT)", "locate('a', {string})", "sign({int})", "nvl2({int}, {int}, {int})", "decode({int}, 1, 10, 2, 20, 0)"],
    "bigint": ["{bigint} + {int}", "{bigint} - {bigint}", "CAST({int} AS BIGINT)", "unix_timestamp({timestamp})", "hash({int}, {string})", "xxhash64({string})", "unix_micros({timestamp})",
               "coalesce({bigint}, {int})", "CAST({decimal} AS BIGINT)", "{bigint} % 7L", "factorial({int} % 10)", "crc32({string})", "try_add({bigint}, {bigint})"],
    "double": ["{double} + {double}", "{double} * {double}", "{double} / {double}", "{int} / {int}", "sqrt({double})", "round({double}, 2)", "CAST({decimal} AS DOUBLE)", "CAST({int} AS DOUBLE)",
               "floor({double})", "ceil({double})", "coalesce({double}, 0D)", "nanvl({double}, 1D)", "exp({int} % 5)", "ln({int})", "pow({int} % 4, 2)", "try_divide({int}, {int})",
               "CASE WHEN {bool} THEN {double} ELSE {int} END", "months_between({timestamp}, {timestamp})", "CAST({string} AS DOUBLE)", "least({double}, {int})", "abs({double})", "-{double}"],
    "decimal": ["{decimal} + {decimal}", "{decimal} - {decimal}", "{decimal} * {decimal}", "{decimal} / {decimal}", "{decimal} + {int}", "{decimal} % {decimal}", "CAST({int} AS DECIMAL(12,2))",
                "round({decimal}, 1)", "abs({decimal})", "coalesce({decimal}, 0.5)", "CAST({double} AS DECIMAL(20,5))", "bround({decimal}, 0)", "floor({decimal})", "ceil({decimal}, 1)",
                "if({bool}, {decimal}, {int})", "greatest({decimal}, 1.25)", "CAST({string} AS DECIMAL(10,3))", "try_divide({decimal}, {decimal})", "-{decimal}"],
    "string": ["concat({string}, {string})", "{string} || {int}", "upper({string})", "lower({string})", "substring({string}, {int}, 2)", "trim({string})", "CAST({int} AS STRING)",
               "CAST({decimal} AS STRING)", "CAST({double} AS STRING)", "CAST({date} AS STRING)", "CAST({timestamp} AS STRING)", "CAST({bool} AS STRING)", "replace({string}, 'a', 'bb')",
               "lpad({string}, 5, '*')", "reverse({string})", "repeat({string}, 2)", "coalesce({string}, 'none')", "date_format({timestamp}, 'yyyy-MM-dd HH:mm')", "concat_ws('-', {string}, {string})",
               "CASE WHEN {bool} THEN {string} END", "split({string}, 'a')[0]", "regexp_replace({string}, '[a-z]', '#')", "initcap({string})", "nvl({string}, '?')", "to_json({struct})",
               "array_join({strings}, ',')", "hex({int})", "substring_index({string}, 'b', 1)", "translate({string}, 'ab', 'xy')", "{struct}.b", "CAST({ints} AS STRING)", "md5({string})",
               "format_number({double}, 2)", "typeof({decimal})", "CAST({dt} AS STRING)", "base64({binary})", "left({string}, 2)", "CAST({struct} AS STRING)", "CAST({map} AS STRING)"],
    "bool": ["{int} > {int}", "{int} = {int}", "{double} < {double}", "{string} = {string}", "{string} LIKE '%a%'", "{date} >= {date}", "{bool} AND {bool}", "{bool} OR {bool}", "NOT {bool}",
             "{int} IS NULL", "{string} IS NOT NULL", "{int} IN (1, 2, NULL)", "{string} IN ('a', {string})", "{int} BETWEEN {int} AND {int}", "{int} <=> {int}", "{string} RLIKE '^[a-z]+$'",
             "{decimal} >= {decimal}", "{timestamp} < {timestamp}", "array_contains({ints}, {int})", "exists({ints}, e -> e > 1)", "forall({ints}, e -> e < 3)", "{bool} IS TRUE",
             "isnan({double})", "startswith({string}, 'a')", "{double} = {int}", "{decimal} > {double}", "{string} < {int}", "{struct} = {struct}", "{ints} = {ints}", "{date} = {timestamp}",
             "map_contains_key({map}, 'a')", "arrays_overlap({ints}, {ints})", "{int} <> {bigint}", "{string} NOT LIKE '_'", "CAST({int} AS BOOLEAN)", "equal_null({string}, {string})"],
    "date": ["date_add({date}, {int} % 100)", "CAST({timestamp} AS DATE)", "last_day({date})", "trunc({date}, 'MONTH')", "coalesce({date}, DATE'2000-01-01')", "add_months({date}, 1)",
             "{date} - 1", "next_day({date}, 'MON')", "if({bool}, {date}, {date})", "try_cast({string} AS DATE)", "make_date(2024, {int} % 12 + 1, 1)", "{date} + INTERVAL '1' MONTH"],
    "timestamp": ["CAST({date} AS TIMESTAMP)", "date_trunc('HOUR', {timestamp})", "{timestamp} + INTERVAL '1' HOUR", "{timestamp} + {dt}", "from_utc_timestamp({timestamp}, 'Asia/Tokyo')",
                  "timestampadd(MONTH, 1, {timestamp})", "CAST({ntz} AS TIMESTAMP)", "coalesce({timestamp}, {timestamp})", "timestamp_seconds({int})", "{timestamp} - INTERVAL '1' DAY"],
    "ntz": ["CAST({timestamp} AS TIMESTAMP_NTZ)", "{ntz} + INTERVAL '30' MINUTE", "CAST({date} AS TIMESTAMP_NTZ)", "date_trunc('DAY', {ntz})", "{ntz} - INTERVAL '1' YEAR"],
    "dt": ["{timestamp} - {timestamp}", "{dt} + {dt}", "{dt} * 2", "-{dt}", "{dt} / 3", "make_dt_interval(1, {int} % 24)", "abs({dt})", "INTERVAL '1' DAY"],
    "ym": ["{ym} + {ym}", "-{ym}", "{ym} * 2", "make_ym_interval(1, {int} % 12)"],
    "ints": ["array({int}, {int})", "array({int}, NULL, {int})", "transform({ints}, e -> e + 1)", "filter({ints}, e -> e > 0)", "array_distinct({ints})", "sort_array({ints})", "concat({ints}, {ints})",
             "slice({ints}, 1, 2)", "array_union({ints}, {ints})", "array_remove({ints}, 1)", "flatten(array({ints}, {ints}))", "reverse({ints})", "sequence(1, abs({int}) % 4 + 1)",
             "array_compact({ints})", "array_append({ints}, {int})", "zip_with({ints}, {ints}, (p, q) -> p + q)", "map_values({map})", "array_intersect({ints}, {ints})"],
    "strings": ["array({string}, {string})", "split({string}, '')", "transform({ints}, e -> CAST(e AS STRING))", "map_keys({map})", "array_except({strings}, array('a'))", "sort_array({strings}, false)"],
    "map": ["map({string}, {int})", "map_filter({map}, (k, v) -> v > 0)", "transform_values({map}, (k, v) -> v + 1)", "map_from_arrays(array('p', 'q'), array({int}, {int}))"],
    "struct": ["named_struct('a', {int}, 'b', {string})", "struct({int} AS a, {string} AS b)", "if({bool}, {struct}, {struct})"],
    "binary": ["CAST({string} AS BINARY)", "encode({string}, 'utf-8')", "concat({binary}, {binary})", "substring({binary}, 1, 1)"],
}
COLUMNS = {"int": ["id", "g", "si", "ti"], "bigint": ["l"], "double": ["d", "f"], "decimal": ["de", "dw"], "string": ["s"], "bool": ["bo"], "date": ["dt"], "timestamp": ["ts"],
           "ntz": ["tn"], "dt": ["ds"], "ym": ["ym"], "ints": ["ai"], "strings": ["sa"], "map": ["m"], "struct": ["st"], "binary": ["b"]}
POOL = {"bool": "boolean", "ints": "array<int>", "strings": "array<string>", "ntz": "timestamp_ntz"}
PLAIN = {"map": ["map('a', 1)", "map('k', NULL)"], "struct": ["named_struct('a', 1, 'b', 'x')"]}
AGGREGATES = {
    "int": ["min({int})", "max({int})", "first({int})", "max_by({int}, id)", "min_by(g, id)", "count_if({bool})"],
    "bigint": ["count(*)", "count({string})", "count(DISTINCT {int})", "sum({int})", "sum(DISTINCT {int})", "count(DISTINCT {int}, {string})", "approx_count_distinct({int})", "bit_or({int})"],
    "double": ["avg({int})", "stddev({int})", "var_pop({int})", "corr({int}, {int})", "percentile({int}, 0.5)", "median({int})", "covar_samp({int}, {int})", "skewness({int})", "max({double})", "min({double})"],
    "decimal": ["sum({decimal})", "avg({decimal})", "max({decimal})"],
    "string": ["max({string})", "min({string})", "any_value(typeof({int}))"],
    "bool": ["bool_and({bool})", "bool_or({bool})", "every({bool})"],
    "date": ["max({date})", "min({date})"], "timestamp": ["max({timestamp})"], "dt": ["sum(ds)", "max({dt})"],
    "ints": ["sort_array(collect_list({int}))", "sort_array(collect_set({int}))", "array_sort(array_agg(DISTINCT {int}))"],
}
WINDOWS = {
    "int": ["row_number()", "rank()", "dense_rank()", "ntile(2)", "lag({int})", "lead({int}, 2, -1)", "first_value({int})", "last_value({int})", "nth_value({int}, 2)", "max({int})", "min({int})"],
    "bigint": ["count(*)", "count({string})", "sum({int})"], "double": ["avg({int})", "percent_rank()", "cume_dist()", "stddev_pop({int})"],
    "decimal": ["sum({decimal})"], "string": ["lag({string}, 1, 'none')", "max({string})", "first_value({string}, true)", "last_value({string}) IGNORE NULLS"], "ints": ["collect_list({int})"],
}
FRAMES = ["", " ROWS BETWEEN 1 PRECEDING AND CURRENT ROW", " ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING", " RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING",
          " ROWS BETWEEN CURRENT ROW AND 2 FOLLOWING", " RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"]


class Node:
    """Text with nodes in it: parts are strings and nodes.  `kind` is a type, or "clause" for what may be left out."""

    def __init__(self, kind, parts):
        self.kind, self.parts = kind, parts

    def text(self):
        return "".join(p if isinstance(p, str) else p.text() for p in self.parts)

    def replaced(self, old, new):
        """A copy in which one node is another."""
        if self is old:
            return new
        return Node(self.kind, [p if isinstance(p, str) else p.replaced(old, new) for p in self.parts])

    def all(self):
        yield self
        for p in self.parts:
            if not isinstance(p, str):
                yield from p.all()


class Queries(Forms):
    def __init__(self, r, piezo, kinds="all"):
        self.r, self.piezo, self.kinds = r, piezo, kinds
        self.columns, self.prefix = COLUMNS, ""

    # ---- expressions
    def leaf(self, t):
        r = self.r
        if t in self.columns and r.random() < 0.75:
            return Node(t, [self.prefix + r.choice(self.columns[t])])
        pool = PLAIN.get(t) or LITERALS[POOL.get(t, t)]
        return Node(t, [r.choice(pool)])

    def expr(self, t, depth):
        r = self.r
        if depth <= 0 or t not in SCALAR or r.random() < 0.15:
            return self.leaf(t)
        return self.fill(t, r.choice(SCALAR[t]), depth - 1)

    def fill(self, t, template, depth, bare=False):
        parts = []
        for piece in re.split(r"(\{\w+\})", template):
            m = re.fullmatch(r"\{(\w+)\}", piece)
            parts.append(self.expr(m[1], depth) if m else piece)
        operator = not bare and re.match(r"[{-]|NOT", template)
        return Node(t, ["(", *parts, ")"] if operator else parts)

    def some(self, depth=3):
        return self.expr(self.r.choice(list(SCALAR)), depth)

    # ---- clauses
    @staticmethod
    def clause(*parts):
        return Node("clause", list(parts))

    def where(self, p=0.4):
        return Node("clause", [" WHERE ", self.expr("bool", 2)]) if self.r.random() < p else ""

    def items(self, make, n):
        """make() AS c0, ... where all but the first may go away"""
        out = []
        for i in range(n):
            item = [", " if i else "", make(), f" AS c{i}"]
            out.append(Node("clause" if i else "item", item))
        return Node("items", out)

    def simple(self):
        return ["SELECT id, ", self.items(self.some, self.r.choice([1, 2, 3])), " FROM t", self.where(), " ORDER BY id"]

    def grouped(self):
        r = self.r
        key = self.expr(r.choice(["int", "string", "bool", "date", "decimal", "int"]), 1)
        def one():
            t = r.choice(list(AGGREGATES))
            node = self.fill(t, r.choice(AGGREGATES[t]), 1, True)
            tail = Node("clause", [" FILTER (WHERE ", self.expr("bool", 1), ")"]) if r.random() < 0.15 else ""
            return Node(t, [node, tail])
        how = r.choice(["{}", "{}", "{}", "ROLLUP({}, g)", "CUBE({}, g)", "GROUPING SETS (({}), (), (g))"])
        shown = [", grouping_id() AS gi"] if "{}" != how and r.random() < 0.5 else [""]
        a, b = how.split("{}")
        having = Node("clause", [" HAVING ", r.choice(["count(*) > 1", "min(id) < 5", "max(id) IS NOT NULL"])]) if r.random() < 0.25 else ""
        return ["SELECT ", key, " AS k, ", self.items(one, r.choice([1, 2, 3])), *shown, " FROM t", self.where(0.3), " GROUP BY ", a, key, b, having]

    def windowed(self):
        r = self.r
        def one():
            t = r.choice(list(WINDOWS))
            template = r.choice(WINDOWS[t])
            node = self.fill(t, template, 1, True)
            ranked = re.match(r"(row_number|rank|dense_rank|ntile|lag|lead|percent_rank|cume_dist)", template)
            by = r.choice(["id", "id DESC", "id"])
            part = Node("clause", ["PARTITION BY ", r.choice(["g", "bo", "g, bo", "id % 2"]), " "]) if r.random() < 0.6 else ""
            return Node(t, [node, " OVER (", part, "ORDER BY ", by, "" if ranked else r.choice(FRAMES), ")"])
        return ["SELECT id, ", self.items(one, r.choice([1, 2])), " FROM t", self.where(0.3), " ORDER BY id"]

    def joined(self):
        r = self.r
        kind = r.choice(["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "LEFT SEMI JOIN", "LEFT ANTI JOIN"])
        on = r.choice(["t.g = u.k", "t.id = u.k", "t.s = u.s", "t.g = u.k AND t.s <=> u.s", "t.id > u.k", "t.g = u.k OR t.s = u.s", "t.d = u.x", "t.de = u.k"])
        self.columns, self.prefix = COLUMNS, "t."
        try:
            items = self.items(lambda: self.some(2), 2)
        finally:
            self.prefix = ""
        right = [", u.k, u.s AS us, u.x"] if "SEMI" not in kind and "ANTI" not in kind else [""]
        return ["SELECT t.id, ", items, *right, f" FROM t {kind} u ON {on}"]

    def set_operation(self):
        r = self.r
        ts = [r.choice(["int", "string", "double", "decimal", "date", "bool", "bigint"]) for _ in range(2)]
        near = {"int": ["bigint", "decimal", "double", "int"], "bigint": ["int", "decimal"], "decimal": ["int", "double"], "double": ["int", "decimal"], "date": ["timestamp", "date"], "string": ["string", "int"], "bool": ["bool"]}
        us = [r.choice(near[t]) for t in ts]
        op = r.choice(["UNION ALL", "UNION", "INTERSECT", "EXCEPT", "INTERSECT ALL", "EXCEPT ALL", "UNION DISTINCT"])
        return ["SELECT ", self.expr(ts[0], 1), " AS p, ", self.expr(ts[1], 1), " AS q FROM t", self.where(0.3), f" {op} SELECT ", self.expr(us[0], 1), ", ", self.expr(us[1], 1), " FROM t", self.where(0.3)]

    def subquery(self):
        r = self.r
        form = r.randrange(6)
        if form == 0:
            return ["SELECT id, ", self.some(2), " AS c0 FROM t WHERE ", r.choice(["id", "g"]), r.choice([" IN ", " NOT IN "]), "(SELECT ", r.choice(["k", "k + 1", "length(s)"]), " FROM u",
                    r.choice(["", " WHERE u.s = t.s", " WHERE u.k IS NOT NULL", " WHERE x > 0"]), ") ORDER BY id"]
        if form == 1:
            return ["SELECT id, ", self.some(2), " AS c0 FROM t WHERE ", r.choice(["", "NOT "]), "EXISTS (SELECT 1 FROM u WHERE ", r.choice(["u.k = t.g", "u.s = t.s AND u.x > 0", "u.k < t.id", "u.k = t.id OR u.k IS NULL"]), ") ORDER BY id"]
        if form == 2:
            agg = r.choice(["max(x)", "count(*)", "sum(k)", "min(s)", "avg(x)", "count(x) + 1", "coalesce(sum(x), 0)"])
            return ["SELECT id, (SELECT ", agg, " FROM u WHERE ", r.choice(["u.k = t.g", "u.s = t.s", "u.k = t.g AND u.x > 0", "true"]), ") AS c0, ", self.some(2), " AS c1 FROM t ORDER BY id"]
        if form == 3:
            return ["WITH w AS (SELECT id, ", self.some(2), " AS c FROM t", self.where(), ") SELECT a.id, a.c, count(*) AS n FROM w a JOIN w b ON a.id >= b.id GROUP BY ALL ORDER BY a.id"]
        if form == 4:
            return ["SELECT id, x.", r.choice(["c", "n"]), " FROM t, LATERAL (SELECT max(u.s) AS c, count(*) AS n FROM u WHERE u.k = t.g) x WHERE ", self.expr("bool", 1), " ORDER BY id"]
        return ["SELECT y, count(*) AS n FROM (SELECT ", self.expr(r.choice(["int", "string", "bool", "date"]), 2), " AS y FROM t) GROUP BY y HAVING count(*) >= 1"]

    def exploded(self):
        r = self.r
        g = r.choice([("explode", "{ints}", "e"), ("posexplode", "{ints}", "p, e"), ("explode", "{map}", "k, v"), ("explode", "{strings}", "e"), ("inline", "array({struct}, {struct})", "a1, b1"),
                      ("stack", "2, {int}, {string}, {int}, {string}", "x1, y1"), ("json_tuple", "to_json({struct}), 'a', 'b'", "j1, j2")])
        body = self.fill("gen", g[1], 1, True)
        return ["SELECT id, v1.* FROM t LATERAL VIEW ", r.choice(["", "OUTER "]), g[0], "(", body, f") v1 AS {g[2]}", self.where(0.3)]

    def pivoted(self):
        r = self.r
        agg = r.choice(["sum(id)", "count(*)", "max(s)", "min(de)", "avg(d)", "first(id)"])
        two = Node("clause", [", count(id) AS n"]) if r.random() < 0.4 else ""
        return ["SELECT * FROM (SELECT g, bo, ", r.choice(["id, s, de, d", "id, s, de, d, si % 2 AS z"]), f" FROM t) PIVOT ({agg} AS a", two, " FOR ", r.choice(["g IN (1, 2, 3)", "g IN (1 AS one, 2 AS two)", "bo IN (true, false)",
                "(g, bo) IN ((1, true) AS x, (2, false) AS y)"]), ")"]

    def scalar_of_u(self):
        """A scalar subquery over u that reads t, at most one row."""
        r = self.r
        agg = r.choice(["max(x)", "count(*)", "sum(k)", "min(s)", "count(x) + 1", "coalesce(sum(x), 0)", "max(k) FILTER (WHERE x > 0)", "count(DISTINCT s)"])
        where = r.choice(["u.k = t.g", "u.k = t.id", "u.s = t.s", "u.k <=> t.g", "u.k < t.id", "u.k = t.g AND u.x > 0", "u.k = t.id % 3", "true", "u.k = t.g OR u.s = t.s",
                          "u.k = t.g AND u.x > (SELECT min(x) FROM u u2 WHERE u2.k = u.k)", "EXISTS (SELECT 1 FROM u u2 WHERE u2.k = u.k AND u2.s <> u.s) AND u.k = t.g"])
        tail = r.choice(["", "", "", " HAVING count(*) > 0", " LIMIT 1"])
        return f"(SELECT {agg} FROM u WHERE {where}{tail})"

    def condition_on_u(self):
        r = self.r
        left = r.choice(["t.id", "t.g", "t.id % 3", "length(t.s)"])
        inner = r.choice(["", " WHERE u.s = t.s", " WHERE u.x > 0", " WHERE u.k IS NOT NULL", " WHERE u.k < t.id", " WHERE u.k = t.g GROUP BY k HAVING count(*) > 0"])
        return r.choice([f"{left} IN (SELECT k FROM u{inner})", f"{left} NOT IN (SELECT k FROM u{inner})", f"EXISTS (SELECT 1 FROM u{inner})", f"NOT EXISTS (SELECT k FROM u{inner})",
                         "(t.g, t.s) IN (SELECT k, s FROM u)", "(t.g, t.s) NOT IN (SELECT k, s FROM u WHERE x > 0)", f"{self.scalar_of_u()} > 0", f"{self.scalar_of_u()} IS NULL"])

    def correlated(self):
        """Subqueries in every place that may have one."""
        r = self.r
        form = r.randrange(8)
        if form == 0:
            return ["SELECT id, ", self.scalar_of_u(), " AS c0, CASE WHEN ", self.condition_on_u(), " THEN 1 ELSE 2 END AS c1 FROM t", self.where(0.2), " ORDER BY id"]
        if form == 1:
            return ["SELECT id FROM t WHERE ", self.condition_on_u(), r.choice([" AND ", " OR "]), r.choice(["", "NOT "]), "(", self.condition_on_u(), ") ORDER BY id"]
        if form == 2:
            return ["SELECT g, ", r.choice(["sum", "max", "count", "collect_list"]), "(", self.scalar_of_u(), ") AS c0, count_if(", self.condition_on_u(), ") AS n FROM t GROUP BY g ORDER BY g"]
        if form == 3:
            cond = r.choice(["u.k = t.g", "u.k = t.g AND u.x < sum(t.id)", "u.k < max(t.id)", "u.k = min(t.g) AND u.s IS NOT NULL"])
            return ["SELECT g, sum(id) AS c0 FROM t GROUP BY g HAVING ", r.choice(["", "NOT "]), f"EXISTS (SELECT 1 FROM u WHERE {cond}) ORDER BY g"]
        if form == 4:
            return ["SELECT id, u.k, u.x FROM t ", r.choice(["JOIN", "LEFT JOIN", "FULL JOIN", "RIGHT JOIN"]), " u ON t.g = u.k AND ",
                    r.choice(["t.id IN (SELECT k FROM u)", "EXISTS (SELECT 1 FROM u u2 WHERE u2.k = t.id)", "u.x > (SELECT min(x) FROM u)", "u.k NOT IN (SELECT id FROM t WHERE id > 5)"]), " ORDER BY ALL"]
        if form == 5:
            return ["SELECT id, ", r.choice(["sum", "max", "count"]), "(", self.scalar_of_u(), ") OVER (PARTITION BY g ORDER BY id) AS c0 FROM t ORDER BY id"]
        if form == 6:
            return ["SELECT ", self.scalar_of_u(), " AS c0, count(*) AS n FROM t GROUP BY 1 ORDER BY ALL"]
        kind = r.choice([", LATERAL", " JOIN LATERAL", " LEFT JOIN LATERAL"])
        body = r.choice(["SELECT s AS a, x AS b FROM u WHERE u.k = t.g", "SELECT max(s) AS a, sum(x) AS b FROM u WHERE u.k < t.id", "SELECT t.id + 1 AS a, t.g AS b",
                         "SELECT s AS a, x AS b FROM u WHERE u.k = t.g ORDER BY x DESC LIMIT 1", "SELECT DISTINCT k AS a, t.id AS b FROM u WHERE u.k <= t.id",
                         "SELECT k AS a, count(*) AS b FROM u WHERE u.k <= t.id GROUP BY k", "SELECT k AS a, row_number() OVER (ORDER BY x, k) AS b FROM u WHERE u.k = t.g"])
        return ["SELECT id, q.a, q.b FROM t", kind, " (", body, ") q", "" if kind.startswith(",") else r.choice(["", " ON true", " ON q.a IS NOT NULL"]), " ORDER BY ALL"]

    def over_windows(self):
        """Windows over aggregates, over windows, with frames of intervals; QUALIFY."""
        r = self.r
        over = r.choice(["ORDER BY id", "PARTITION BY g ORDER BY id DESC", "PARTITION BY id % 2 ORDER BY id"])
        form = r.randrange(6)
        if form == 0:
            return ["SELECT g, ", r.choice(["sum(sum(id))", "max(count(*))", "rank()", "lag(max(id))", "first_value(min(id))"]), " OVER (ORDER BY ", r.choice(["sum(id)", "count(*)", "max(id)"]),
                    ", g) AS c0 FROM t GROUP BY g ORDER BY g"]
        if form == 1:
            return ["SELECT id, ", r.choice(["sum", "max", "count", "lag"]), "(", r.choice(["row_number()", "rank()", "ntile(2)", "count(*)"]), f" OVER ({over})) OVER (PARTITION BY ",
                    r.choice(["g", "bo", f"rank() OVER ({over})"]), " ORDER BY ", r.choice(["id", f"row_number() OVER ({over})"]), ") AS c0 FROM t ORDER BY id"]
        if form == 2:
            by, a, b = r.choice([("dt", "INTERVAL '40' DAY", "INTERVAL '1' MONTH"), ("ts", "INTERVAL '36' HOUR", "INTERVAL '1 02:00:00' DAY TO SECOND"), ("tn", "INTERVAL '1' DAY", "INTERVAL '2' MONTH"),
                                 ("d", "1.5D", "2D"), ("de", "10BD", "0.5BD"), ("l", "5L", "100L"), ("dt", "10", "400")])
            frame = r.choice([f"{a} PRECEDING AND CURRENT ROW", f"{a} PRECEDING AND {a} FOLLOWING", f"CURRENT ROW AND {b} FOLLOWING", f"UNBOUNDED PRECEDING AND {a} PRECEDING", f"{b} FOLLOWING AND UNBOUNDED FOLLOWING"])
            return ["SELECT id, ", r.choice(["count(*)", "sum(id)", "max(s)", "collect_list(id)", "first_value(id)"]), f" OVER (ORDER BY {by}", r.choice(["", " DESC", " NULLS LAST", " DESC NULLS FIRST"]),
                    f" RANGE BETWEEN {frame}) AS c0 FROM t ORDER BY id"]
        if form == 3:
            f = r.choice(["lag(s)", "lead(d, 2)", "first_value(s)", "last_value(bo)", "nth_value(de, 2)", "any_value(s)"])
            frame = "" if f.startswith("l") and "value" not in f else r.choice(FRAMES)
            return ["SELECT id, ", f, r.choice([" IGNORE NULLS", " RESPECT NULLS", ""]), " OVER (", r.choice(["", "PARTITION BY g "]), "ORDER BY id", frame, ") AS c0 FROM t ORDER BY id"]
        if form == 4:
            return ["SELECT id, g, ", self.some(1), " AS c0 FROM t", self.where(0.2), " QUALIFY ", r.choice(["row_number()", "rank()", "count(*)"]), f" OVER ({over}) ", r.choice(["= 1", "<= 2", "> 1"]), " ORDER BY id"]
        return ["SELECT id, g, ", r.choice(["rank()", "sum(id)"]), f" OVER ({over}) AS w, w + 1 AS w1, ", self.expr("int", 1), " AS c0, c0 * 2 AS c1 FROM t QUALIFY w < 9 ORDER BY id"]

    def named(self):
        """Names that mean different things in different clauses; USING; stars."""
        r = self.r
        a = r.choice(["id", "g", "de"])
        form = r.randrange(6)
        if form == 0:
            return ["SELECT ", r.choice(["id % 2", "g + 1", "-id", "length(s)"]), f" AS {a}, {r.choice(['max(id)', 'count(*)', 'min(de)'])} AS ", r.choice(["m", "id", "g"]), f" FROM t GROUP BY {r.choice(['1', 'id', 'g', 'ALL', a, 'g, id'])}",
                    r.choice(["", f" HAVING {a} > 1", f" HAVING max({a}) > 1", " HAVING count(*) > 0 AND m > 1"]), r.choice(["", f" ORDER BY {a}", f" ORDER BY max({a})", " ORDER BY count(*), 1", " ORDER BY ALL"])]
        if form == 1:
            return ["SELECT ", r.choice(["*", "x.*, y.*", "y.*, x.id", "g, x.g AS xg, y.g AS yg", "x.id, y.s, g"]), " FROM (SELECT id, g, s FROM t) x ", r.choice(["", "LEFT ", "RIGHT ", "FULL ", "LEFT SEMI ", "ANTI "]),
                    "JOIN (SELECT k AS g, s, x FROM u) y USING (", r.choice(["g", "g, s", "s"]), ") ORDER BY ALL"]
        if form == 2:
            return ["SELECT id AS a, ", self.expr("int", 1), " AS b, a + b AS c, ", r.choice(["c * 2", "c IS NULL", "concat(c, '')"]), " AS d FROM t", r.choice(["", " WHERE id > 2"]), " ORDER BY ", r.choice(["id", "c, id", "t.id DESC"])]
        if form == 3:
            return ["SELECT ", r.choice(["id AS z, g AS z", "id AS g, g AS id", "g AS id", "s, id AS s"]), " FROM t ORDER BY ", r.choice(["z", "id", "g, id", "t.id", "s, t.id", "1, 2"])]
        if form == 4:
            types = [r.choice(["int", "string", "double", "decimal", "bigint"]) for _ in range(3)]
            return ["SELECT ", self.expr(types[0], 1), " AS a, ", self.expr(types[1], 1), " AS b FROM t ", r.choice(["UNION", "UNION ALL", "INTERSECT", "EXCEPT"]), " SELECT ", self.expr(types[0], 1), ", ",
                    self.expr(types[2], 1), " FROM t", r.choice(["", " ORDER BY a, b", " ORDER BY 2, 1", " ORDER BY b NULLS LAST, a"])]
        sets = r.choice(["ROLLUP(g, bo)", "CUBE(g, bo)", "GROUPING SETS ((g), (bo), ())", "g, ROLLUP(bo)", "CUBE(g), bo", "g, bo GROUPING SETS ((g, bo), (bo))", "ROLLUP((g, bo), id % 2)"])
        return ["SELECT g, bo, grouping_id() AS gi, grouping(g) AS gg, ", r.choice(["count(*)", "sum(id)", "coalesce(g, -1)", "max(s)", "if(grouping(bo) = 1, 'all', string(bo))"]), f" AS c0 FROM t GROUP BY {sets}",
                r.choice(["", " HAVING grouping(g) = 0", " HAVING count(*) > 1"]), " ORDER BY gi, g, bo, c0"]

    def limited(self):
        r = self.r
        return ["SELECT ", r.choice(["DISTINCT ", ""]), self.items(lambda: self.expr(r.choice(["int", "string", "bool", "date", "double", "decimal"]), 2), 2), " FROM t", self.where(0.3),
                " ORDER BY ALL", r.choice(["", " DESC", " NULLS LAST"]), r.choice(["", " LIMIT 3", " LIMIT 2 OFFSET 1", " OFFSET 3"])]

    def case(self):
        r = self.r
        while True:
            plain = [self.simple, self.simple, self.simple, self.grouped, self.grouped, self.windowed, self.joined, self.set_operation, self.subquery, self.subquery, self.exploded, self.pivoted, self.limited,
                             self.correlated, self.correlated, self.over_windows, self.over_windows, self.named, self.named]
            form = r.choice(self.forms() if self.kinds == "forms" else plain + self.forms())
            tree = Node("query", form())
            case = self.made(tree, r.choice([{}, {}, {"spark.sql.ansi.enabled": "false"}, {"spark.sql.ansi.enabled": "false"}]))
            if costly(case["query"]) or len(case["query"]) > 1500:
                continue
            # Most random queries fail under ANSI for a plain reason such as an overflow: keep a few of them only.
            error = self.piezo.answer(case).get("error")
            if error and error["condition"] and re.match(r"CAST_|ARITHMETIC|DIVIDE|NUMERIC|INVALID_ARRAY|DATATYPE_MISMATCH|REMAINDER|DATETIME", error["condition"]) and r.random() < 0.85:
                continue
            return case

    @staticmethod
    def made(tree, conf):
        query = tree.text()
        setup = [SETUP_T] + ([SETUP_U] if re.search(r"\bu\b", query) else [])
        return {"conf": conf, "setup": setup, "query": query, "tree": tree}

    def smaller(self, case):
        """Cases with one node less, the biggest steps first."""
        tree = case["tree"]
        nodes = sorted(tree.all(), key=lambda n: -len(n.text()))
        for n in nodes:
            if n.kind == "clause":
                yield self.made(tree.replaced(n, Node("gone", [])), case["conf"])
        for n in nodes:
            if n.kind in ("query", "clause", "item", "items", "gone", "gen") or len(n.parts) == 1:
                continue
            for part in n.all():
                if part is not n and part.kind == n.kind:
                    yield self.made(tree.replaced(n, part), case["conf"])
            if n.kind in COLUMNS and len(n.text()) > 4:
                yield self.made(tree.replaced(n, Node(n.kind, [COLUMNS[n.kind][0]])), case["conf"])
        if case["conf"]:
            yield {**case, "conf": {}}
