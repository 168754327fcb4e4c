"""Clauses beyond the plain SELECT for random queries: lateral joins, UNPIVOT, recursion, pipes, names that are computed, named arguments, samples,
nested lambdas, aliases of the same list, set operations by name, generators in every place.  `Queries` (queries.py) lends expressions and pieces.
"""


class Forms:
    """Mixed into Queries: each method gives the parts of one query."""

    def pick(self, *xs):
        return self.r.choice(xs)

    def by_name(self):
        a, b = self.expr(self.pick("int", "string", "double", "date", "decimal"), 1), self.expr(self.pick("int", "string", "double", "date", "decimal"), 1)
        op = self.pick("UNION ALL BY NAME", "UNION BY NAME", "UNION ALL BY NAME", "UNION DISTINCT BY NAME")
        first, second = self.pick(("p", "q"), ("p", "`Q`")), self.pick(("q", "p"), ("q", "p"), ("q", "z"), ("p", "p"))
        return ["SELECT ", a, f" AS {first[0]}, ", b, f" AS {first[1]} FROM t", self.where(0.2), f" {op} SELECT ", b, f" AS {second[0]}, ", a, f" AS {second[1]} FROM t", self.pick("", " ORDER BY p, q")]

    def unpivoted(self):
        inc = self.pick("", "", "INCLUDE NULLS ", "EXCLUDE NULLS ")
        what = self.pick("(v FOR n IN (id, g))", "(v FOR n IN (id AS one, g AS `two words`))", "((v, w) FOR n IN ((id, d), (g, de)))", "((v, w) FOR n IN ((id, s) AS a, (g, s) AS b))",
                         "(v FOR n IN (id, l, d))", "(v FOR n IN (id, s))", "(v FOR n IN (dt, ts))", "(v FOR n IN (id, de, l))", "(v FOR n IN (g, nosuch))")
        source = self.pick("(SELECT id, g, l, d, de, s, dt, ts FROM t)", "(SELECT id, id AS k, g, s, d, de, l FROM t WHERE id < 4)", "t")
        return ["SELECT ", self.pick("*", "n, v", "count(*), n"), f" FROM {source} UNPIVOT {inc}{what}", self.pick("", " AS up", " up"), self.pick("", " WHERE n <> 'id'", " WHERE v IS NOT NULL"),
                self.pick("", " GROUP BY ALL")]

    def pivoted_more(self):
        agg = self.pick("sum(id) AS a, max(d) AS m", "count(DISTINCT s)", "sum(id) FILTER (WHERE bo)", "collect_list(id)", "sum(id) + 1", "avg(de) AS x", "max(struct(id, s))")
        values = self.pick("g IN (1, 2)", "g IN (1, NULL)", "s IN ('a', 'abc', 'x')", "(g, s) IN ((1, 'a'), (2, ''))", "(g, bo) IN (struct(1, true), struct(2, false))", "id % 2 IN (0, 1)", "dt IN (DATE'2024-02-29' AS feb)", "g + 0 IN (1)")
        return ["SELECT * FROM (SELECT ", self.pick("id, g, s, bo, d, de, dt", "id, g, s, bo, d, de, dt, si % 2 AS z", "*"), " FROM t) PIVOT (", agg, f" FOR {values})", self.pick("", " AS pv", " AS pv ORDER BY ALL")]

    def recursive(self):
        step = self.pick("n + 1, c + n", "n + 1, n * 2", "n + 1, c", "n + 1, cast(c AS INT)", "n * 2, c - 1", "n + 1, length(repeat('a', n))")
        return ["WITH RECURSIVE r(n, c)", self.pick("", " MAX RECURSION LEVEL 20"), " AS (", self.pick("SELECT 1, 0", "VALUES (1, 0)", "SELECT id, g FROM t WHERE id < 3", "SELECT 1, CAST(0 AS BIGINT)"), self.pick(" UNION ALL ", " UNION ALL ", " UNION "), "SELECT ", step,
                " FROM r WHERE n < ", self.pick("5", "8", "3"), self.pick("", " LIMIT 20"), ") SELECT ", self.pick("*", "n, c, count(*) OVER () AS k", "max(n), sum(c)", "r.n + t.id AS x, t.s"), " FROM r",
                self.pick("", " JOIN t ON r.n = t.id", " WHERE n <> 2"), self.pick("", " ORDER BY ALL")]

    def step(self):
        r = self.r
        return r.choice([
            lambda: ["|> WHERE ", self.expr("bool", 1)],
            lambda: ["|> EXTEND ", self.expr(self.pick("int", "string", "double"), 1), " AS e1", self.pick("", ", e1 AS e2", ", id + 1 AS e3")],
            lambda: ["|> SET id = ", self.expr("int", 1), self.pick("", ", s = concat(s, '!')", ", g = id")],
            lambda: ["|> DROP ", self.pick("s", "g", "s, d", "nosuch")],
            lambda: ["|> AS x"],
            lambda: ["|> SELECT ", self.pick("*", "id, g, s, d", "id, id + g AS g, s, d", "DISTINCT id, g, s, d", "id, g, s, d, row_number() OVER (ORDER BY id) AS rn")],
            lambda: ["|> AGGREGATE ", self.pick("sum(id) AS id", "count(*) AS id, max(s) AS s", "max(d)", "count(*), avg(id) AS id"), self.pick("", " GROUP BY g", " GROUP BY g, s AS s2", " GROUP BY ALL", " GROUP BY id % 2 AS g")],
            lambda: ["|> ORDER BY ", self.pick("id", "g, id", "id DESC NULLS LAST", "ALL")],
            lambda: ["|> LIMIT ", self.pick("3", "100", "ALL")],
            lambda: ["|> OFFSET 1"],
            lambda: ["|> ", self.pick("LEFT ", "", "FULL ", "LEFT SEMI ", "ANTI "), "JOIN u ", self.pick("ON g = u.k", "USING (s)", "ON id = k AND x > 0")],
            lambda: ["|> ", self.pick("UNION ALL", "EXCEPT", "INTERSECT", "UNION", "UNION ALL BY NAME"), " (SELECT id, g, s, d FROM t WHERE id > 3)"],
            lambda: ["|> WINDOW w AS (ORDER BY id)"],
            lambda: ["|> TABLESAMPLE (100 PERCENT)"],
            lambda: ["|> LATERAL VIEW explode(array(1, 2)) lv AS el"],
            lambda: ["|> PIVOT (sum(id) FOR g IN (1, 2))"],
        ])()

    def piped(self):
        head = self.pick("FROM t ", "SELECT id, g, s, d FROM t ", "TABLE t ", "FROM t SELECT id, g, s, d ", "(SELECT id, g, s, d FROM t) ", "VALUES (1, 2, 'a', 1D), (NULL, 1, 'b', 0D) AS t(id, g, s, d) ")
        return [head] + [self.clause(*self.step(), " ") for _ in range(self.r.randrange(1, 5))] + [self.pick("", "", "|> ORDER BY ALL")]

    def identified(self):
        form = self.r.randrange(6)
        if form == 0:
            return ["SELECT IDENTIFIER('", self.pick("id", "t.id", "st.a", "nosuch", "`id`", "ID"), "') AS x FROM IDENTIFIER('", self.pick("t", "T", "`t`", "nosuch.t"), "') ORDER BY 1"]
        if form == 1:
            return ["SELECT IDENTIFIER('", self.pick("abs", "upper", "concat", "coalesce", "nosuch", "system.builtin.abs"), "')(", self.some(1), ") AS x FROM t ORDER BY id"]
        if form == 2:
            return ["SELECT mask(", self.pick("str => s", "s", "s, lowerChar => 'q'", "s, 'X', digitChar => 'n'", "upperChar => 'U', str => s", "s, str => s", "s, nosuch => 'a'", "s, lowerChar => 'a', lowerChar => 'b'"), ") AS x FROM t ORDER BY id"]
        if form == 3:
            return ["SELECT ", self.pick("*", "col", "id, col", "pos, col"), " FROM t, LATERAL ", self.pick("explode(collection => ai)", "explode(ai)", "posexplode(ai)", "explode_outer(ai)", "inline(array(st))", "stack(2, id, g)", "json_tuple(to_json(st), 'a')", "explode(map(id, s)) AS q(col, v)",
                    "explode(t.sa) AS q(col)", "explode(filter(ai, x -> x > 1))"), self.pick("", " WHERE id < 6"), " ORDER BY ALL"]
        if form == 4:
            return ["SELECT t.id, q.* FROM t ", self.pick("LEFT JOIN LATERAL", "CROSS JOIN LATERAL", "JOIN LATERAL"), " ", self.pick("explode(ai) q", "(SELECT ai[0] AS f, ", "(SELECT count(*) AS c, max(x) AS m FROM u WHERE u.k = t.id) q", "(SELECT explode(t.ai) AS e) q", "(SELECT t.id AS a UNION ALL SELECT t.g) q",
                    "(SELECT k, x FROM u WHERE k > t.g ORDER BY x LIMIT 2) q", "(VALUES (1), (2)) q"), self.pick("", "", " ON true"), " ORDER BY ALL"]
        return ["SELECT ", self.pick("count(*)", "sum(id), max(s)"), " FROM t TABLESAMPLE (", self.pick("100 PERCENT", "0 PERCENT", "3 ROWS", "BUCKET 1 OUT OF 1", "100.0 PERCENT", "101 PERCENT"), ")", self.pick("", " REPEATABLE (7)"), self.pick("", " AS q", " WHERE id > 0")]

    def lambdas(self):
        inner = self.pick("x + id", "coalesce(x, 0) * 2", "aggregate(ai, 0, (a, b) -> a + coalesce(b, 0) + x)", "size(filter(ai, y -> y > x))", "transform(sa, z -> concat(z, x))", "struct(x AS v, x IS NULL AS n)", "exists(ai, y -> y = x)", "CASE WHEN x > 1 THEN 'big' ELSE 'small' END",
                          "array(x, x)", "map(x, id)", "zip_with(ai, sa, (p, q) -> concat(p, q, x))", "named_struct('a', x, 'b', transform(ai, y -> y - x))")
        outer = self.pick("transform(ai, x -> {})", "transform(ai, (x, i) -> {})", "filter(transform(ai, x -> {}), v -> v IS NOT NULL)", "transform(array_sort(ai, (l, r) -> coalesce(l, 0) - coalesce(r, 0)), x -> {})", "flatten(array(transform(ai, x -> {})))", "transform(sequence(1, 3), x -> {})",
                          "transform_values(m, (k, x) -> {})", "map_filter(m, (k, x) -> ({}) IS NOT NULL)", "aggregate(transform(ai, x -> {}), 0, (acc, e) -> acc + 1)", "reduce(ai, CAST(0 AS BIGINT), (acc, x) -> acc + 1, acc -> acc * 10)", "transform_keys(map_filter(m, (k, v) -> v > 0), (k, x) -> {})",
                          "zip_with(ai, sa, (x, y) -> {})", "forall(ai, x -> ({}) IS NOT NULL)")
        return ["SELECT id, ", outer.replace("{}", inner), " AS c0", self.pick("", ", typeof(c0) AS c1"), " FROM t", self.pick("", " WHERE id < 5"), " ORDER BY id"]

    def aliased(self):
        return ["SELECT ", self.pick("id", "g", "s"), " AS a0, ", self.expr("int", 1), " AS a1, a1 + 1 AS a2, ", self.pick("a2 * a1", "sum(a1) OVER (ORDER BY id)", "concat(a0, a2)", "a1 > 1", "(SELECT max(k) FROM u WHERE k < a1)", "id AS a0", "row_number() OVER (ORDER BY a1, id)", "a9 + 1"), " AS a3",
                self.pick("", ", a3 IS NULL AS a4"), " FROM t", self.pick("", " WHERE id > 1", " WHERE a1 > 0", " QUALIFY row_number() OVER (ORDER BY id) < 4"), self.pick("", " ORDER BY id", " ORDER BY a0, a2", " ORDER BY a1 + 1, id")]

    def grouped_more(self):
        by = self.pick("ALL", "1", "k", "g", "k, 1", "ROLLUP(k)", "g, bo", "GROUPING SETS ((k), ())", "k WITH ROLLUP", "CUBE(1)")
        key = self.pick("g", "g + 1", "coalesce(g, 0)", "id % 2", "bo", "upper(s)", "(SELECT max(k) FROM u)", "CASE WHEN id > 2 THEN 'a' ELSE s END", "st.a", "date_trunc('MONTH', ts)")
        agg = self.pick("count(*)", "sum(id)", "sum(id) + max(id)", "listagg(s, ',') WITHIN GROUP (ORDER BY id)", "percentile_cont(0.5) WITHIN GROUP (ORDER BY d)", "mode() WITHIN GROUP (ORDER BY g)", "count(DISTINCT s, bo)", "sum(DISTINCT g) FILTER (WHERE id > 1)", "max_by(s, id)",
                        "count_if(bo) OVER ()", "sum(sum(id)) OVER (ORDER BY count(*) ROWS UNBOUNDED PRECEDING)", "rank() OVER (ORDER BY sum(id))", "array_sort(collect_set(s))", "(SELECT count(*) FROM u WHERE u.k = max(t.id))", "first(s)", "grouping(k)", "s")
        return ["SELECT ", key, " AS k, ", agg, " AS a", self.pick("", ", a AS b", ", k AS kk", ", 1 AS one"), " FROM t", self.where(0.2), f" GROUP BY {by}", self.pick("", "", " HAVING a IS NOT NULL", " HAVING count(*) > 1", " HAVING k = 1", " HAVING max(id) > (SELECT min(k) FROM u)"),
                self.pick("", " ORDER BY ALL", " ORDER BY k", " ORDER BY sum(id), k", " ORDER BY (SELECT max(k) FROM u), k")]

    def generated(self):
        g = self.pick("explode(ai)", "explode_outer(ai)", "posexplode(ai)", "posexplode_outer(sa)", "inline(array(st, st))", "inline_outer(CAST(NULL AS ARRAY<STRUCT<a: INT, b: STRING>>))", "explode(m)", "explode_outer(m)", "stack(2, id, g)", "json_tuple(to_json(st), 'a', 'b')",
                      "explode(array(id, g))", "explode(array_distinct(ai))", "explode(collect_list(id))", "explode(split(s, ''))", "variant_explode(parse_json('[1, 2]'))", "explode(NULL)", "explode(array())")
        form = self.r.randrange(4)
        if form == 0:
            return ["SELECT ", self.pick("id, ", "", "g, s, "), g, self.pick("", " AS e", " AS (x, y)", " AS (p, k, v)"), self.pick("", ", id + 1 AS z"), " FROM t", self.pick("", " WHERE id < 6"), self.pick("", " ORDER BY id")]
        if form == 1:
            return ["SELECT id, a.*, b.* FROM t LATERAL VIEW ", self.pick("", "OUTER "), g, " a", self.pick("", " AS x", " AS x, y"), " LATERAL VIEW ", self.pick("", "OUTER "), self.pick("explode(array(1, 2))", "explode(sa)", "posexplode(array('p'))"), " b", self.pick("", " WHERE id < 5")]
        if form == 2:
            return ["SELECT upper(", g, ") FROM t"]
        return ["SELECT id, ", g, " AS e, explode(array(1)) AS f FROM t", self.pick("", " WHERE id = 1")]

    def placed(self):
        """Subqueries in every clause; tables of every form."""
        form = self.r.randrange(6)
        if form == 0:
            return ["SELECT id, s FROM t ORDER BY (SELECT ", self.pick("max(x)", "count(*)", "min(k)"), " FROM u WHERE ", self.pick("u.k = t.g", "u.s = t.s", "u.k < t.id"), ") ", self.pick("", "DESC ", "NULLS LAST "), ", id"]
        if form == 1:
            return ["SELECT g, ", self.pick("(SELECT max(x) FROM u WHERE u.k = t.g)", "(SELECT max(x) FROM u WHERE u.k = max(t.id))", "(SELECT x FROM u WHERE u.k = t.g)", "(SELECT k, x FROM u LIMIT 1)"), " AS c, count(*) AS n FROM t GROUP BY ", self.pick("g", "ALL", "1", "g, 2"), " ORDER BY g"]
        if form == 2:
            return ["SELECT * ", self.pick("EXCEPT (b, m, st)", "EXCEPT (nosuch)", "EXCEPT (id, t.g, st.a)", ""), " FROM (SELECT id, g, s, b, m, st FROM t) t", self.pick("", " WHERE id IN (SELECT k FROM u)", " WHERE (id, s) IN (SELECT k, s FROM u)", " WHERE id = ANY (SELECT k FROM u)", " WHERE id = SOME (1, 2)", " WHERE exists(SELECT * FROM u WHERE u.k = id)"), " ORDER BY id"]
        if form == 3:
            return ["WITH a AS (SELECT id, g FROM t), b(x, y) AS (SELECT g, count(*) FROM a GROUP BY g", self.pick("", " HAVING count(*) > 1"), "), ", self.pick("c AS (SELECT * FROM b)", "a AS (SELECT 1)", "c AS (WITH a AS (SELECT 5 AS x, 6 AS y) SELECT * FROM a)", "c(x) AS (SELECT * FROM b)"),
                    " SELECT * FROM ", self.pick("c", "c JOIN a ON c.x = a.g", "b, a WHERE b.x = a.id", "c NATURAL JOIN b", "c LEFT JOIN b USING (x)"), " ORDER BY ALL"]
        if form == 4:
            return ["SELECT ", self.pick("*", "v.*", "a + b AS c", "v.b, count(*)", "struct(v.*) AS st"), " FROM VALUES (1, ", self.some(0), "), (2, ", self.some(0), ") AS v(a, b)", self.pick("", " WHERE a = 1", " GROUP BY v.b", " ORDER BY b, a")]
        return ["SELECT ", self.pick("any_value(id)", "sum(id)", "count(id)"), " OVER w AS c, ", self.pick("rank() OVER (w ORDER BY id)", "row_number() OVER w2", "sum(id) OVER (PARTITION BY g ORDER BY id ROWS 1 PRECEDING)", "lag(id, 1, 0) OVER w2", "sum(id) OVER (w ROWS 1 PRECEDING)"),
                " AS d FROM t WINDOW w AS (PARTITION BY g", self.pick("", " ORDER BY id"), "), w2 AS (", self.pick("w", "ORDER BY id", "PARTITION BY bo ORDER BY id DESC"), ") ORDER BY id"]

    def forms(self):
        return [self.by_name, self.unpivoted, self.unpivoted, self.pivoted_more, self.recursive, self.piped, self.piped, self.piped, self.identified, self.identified, self.lambdas, self.lambdas, self.aliased, self.aliased, self.grouped_more, self.grouped_more,
                self.generated, self.generated, self.placed, self.placed]
