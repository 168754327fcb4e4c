-- Sets of rows, aggregates and functions of arrays and maps over texts with collations.
=== collsets_setops
DROP DATABASE IF EXISTS stmcs CASCADE
CREATE DATABASE stmcs
USE stmcs
CREATE TABLE a (s STRING COLLATE UTF8_LCASE, u STRING COLLATE UNICODE_CI, i INT, b STRING) USING parquet
CREATE TABLE c (s STRING COLLATE UTF8_LCASE, u STRING COLLATE UNICODE_CI, i INT, b STRING) USING parquet
INSERT INTO a VALUES ('a', 'a', 1, 'a'), ('A', 'A', 1, 'A'), ('a', 'á', 1, 'a'), ('b', 'B', 2, 'b'), (NULL, NULL, 3, NULL), (NULL, NULL, 3, 'x')
INSERT INTO c VALUES ('A', 'A', 1, 'A'), ('a', 'a', 1, 'q'), ('B', 'b', 2, 'B'), ('B', 'b', 2, 'b'), (NULL, NULL, 3, NULL)
SELECT lower(s) FROM (SELECT s FROM a INTERSECT ALL SELECT s FROM c) ORDER BY 1
SELECT lower(s) FROM (SELECT s FROM a EXCEPT ALL SELECT s FROM c) ORDER BY 1
SELECT lower(u) FROM (SELECT u FROM a INTERSECT ALL SELECT u FROM c) ORDER BY 1
SELECT lower(u) FROM (SELECT u FROM a EXCEPT ALL SELECT u FROM c) ORDER BY 1
SELECT lower(s), i FROM (SELECT s, i FROM a INTERSECT ALL SELECT s, i FROM c) ORDER BY 1, 2
SELECT lower(s), i, b FROM (SELECT s, i, b FROM a EXCEPT ALL SELECT s, i, b FROM c) ORDER BY 1, 2, 3
SELECT count(*) FROM (SELECT array(s) FROM a INTERSECT ALL SELECT array(s) FROM c)
SELECT count(*) FROM (SELECT array(s) FROM a EXCEPT ALL SELECT array(s) FROM c)
SELECT count(*) FROM (SELECT struct(s, u) FROM a EXCEPT ALL SELECT struct(s, u) FROM c)
SELECT count(*) FROM (SELECT s FROM a EXCEPT ALL SELECT b FROM c)
SELECT count(*) FROM (SELECT s FROM a MINUS ALL SELECT s FROM c)
SELECT * FROM (SELECT s FROM a INTERSECT ALL SELECT s FROM c) WHERE s = 'q'
SELECT lower(mode(s)), lower(mode(u)), lower(mode(b)) FROM a
SELECT lower(mode() WITHIN GROUP (ORDER BY s)), lower(mode() WITHIN GROUP (ORDER BY u DESC)) FROM a
SELECT lower(mode(s, true)) FROM a
SELECT lower(listagg(s)), lower(listagg(u, ',')) FROM (SELECT * FROM a ORDER BY i)
SELECT lower(listagg(DISTINCT s)) FROM (SELECT 'a' COLLATE UTF8_LCASE AS s UNION ALL SELECT 'A' UNION ALL SELECT 'a')
SELECT lower(listagg(DISTINCT s, ',' COLLATE UTF8_LCASE)) FROM a WHERE i = 1
SELECT lower(listagg(DISTINCT s)) WITHIN GROUP (ORDER BY s) FROM a
SELECT lower(listagg(DISTINCT s, ',')) WITHIN GROUP (ORDER BY s) FROM a
SELECT lower(listagg(DISTINCT s) WITHIN GROUP (ORDER BY s DESC)) FROM a
SELECT lower(listagg(s, '-') WITHIN GROUP (ORDER BY s DESC)) FROM a
SELECT lower(listagg(s, '-') WITHIN GROUP (ORDER BY u, i)) FROM a
SELECT lower(string_agg(DISTINCT u, '-') WITHIN GROUP (ORDER BY u)) FROM a
SELECT lower(string_agg(DISTINCT u) WITHIN GROUP (ORDER BY u)) FROM a
SELECT i, lower(listagg(DISTINCT s) WITHIN GROUP (ORDER BY s)) FROM a GROUP BY i ORDER BY i
SELECT listagg(b, ',' COLLATE UTF8_LCASE) FROM a
SELECT collation(listagg(s)), collation(mode(u)), collation(max(s)), collation(first(s)), collation(any_value(u)), collation(min_by(s, i)), collation(max_by(u, i)), collation(collect_list(s)[0]) FROM a
SELECT count(DISTINCT s), count(DISTINCT u), count(DISTINCT s, u), count(DISTINCT s, i), count(DISTINCT array(s)), count(DISTINCT struct(s), i), count(DISTINCT map('a', s)) FROM a
SELECT count(DISTINCT s) FILTER (WHERE i = 1), count(DISTINCT lower(s)) FROM a
SELECT approx_count_distinct(s), approx_count_distinct(u), approx_count_distinct(b) FROM a
SELECT approx_count_distinct(array(s)) FROM a
SELECT approx_count_distinct(struct(s)) FROM a
SELECT lower(max_by(s, u)), lower(min_by(u, s)), max_by(i, s), min_by(i, u) FROM a
SELECT lower(max(s)), lower(min(u)), lower(max(struct(s, i)).s) FROM a
SELECT size(collect_set(s)) FROM a
SELECT size(collect_set(array(s))) FROM a
SELECT size(collect_set(struct(s))) FROM a
SELECT size(collect_list(DISTINCT s)), size(array_agg(DISTINCT u)) FROM a
SELECT sum(DISTINCT length(s)), avg(DISTINCT i), count(DISTINCT s || 'x') FROM a
SELECT first(DISTINCT s) FROM a
SELECT lower(first_value(DISTINCT s)) FROM a
SELECT lower(max(DISTINCT s)), lower(min(DISTINCT u)) FROM a
SELECT bool_or(DISTINCT s = 'A'), every(DISTINCT u = 'a') FROM a
SELECT max_by(DISTINCT s, i) FROM a
SELECT lower(mode(DISTINCT s)) FROM a
SELECT hash(s) = hash(upper(s)), xxhash64(u) = xxhash64(upper(u)), crc32(s) = crc32(upper(s)) FROM a WHERE s IS NOT NULL
SELECT approx_top_k(s) FROM a
SELECT approx_top_k(u, 2) FROM a
SELECT histogram_numeric(i, 2) FROM a
SELECT count_if(s = 'A'), count_if(u = 'A') FROM a
SELECT s, count(*) FROM a GROUP BY s HAVING s = 'A'
SELECT lower(s), count(*) FROM a GROUP BY s WITH ROLLUP ORDER BY 1 NULLS FIRST, 2
SELECT lower(s), lower(u), count(*), grouping_id() FROM a GROUP BY CUBE (s, u) ORDER BY 1, 2, 3, 4
SELECT lower(k), v FROM (SELECT s AS k, i AS v FROM a) PIVOT (sum(v) FOR k IN ('A' AS x, 'b' AS y))
SELECT * FROM (SELECT s AS k, i AS v FROM a) PIVOT (sum(v) FOR k IN ('A' AS x, 'B' AS y))
SELECT i, dense_rank() OVER (ORDER BY s), lower(lag(s) OVER (ORDER BY i, s)), lower(nth_value(u, 2) OVER (ORDER BY i)), count(s) OVER (PARTITION BY s), ntile(2) OVER (PARTITION BY u ORDER BY i) FROM a ORDER BY 1, 2, 3, 4, 5, 6
SELECT count(*) FROM (SELECT DISTINCT s, u FROM a)
SELECT count(*) FROM (SELECT s FROM a UNION SELECT s FROM c)
SELECT count(*) FROM a JOIN c USING (s)
SELECT count(*) FROM a LEFT ANTI JOIN c ON a.s = c.s AND a.u = c.u
SELECT count(*) FROM a FULL JOIN c ON a.u = c.u
SELECT count(*) FROM a WHERE s IN (SELECT s FROM c)
SELECT count(*) FROM a WHERE s NOT IN (SELECT s FROM c WHERE s IS NOT NULL)
SELECT count(*) FROM a WHERE EXISTS (SELECT 1 FROM c WHERE c.u = a.u)
SELECT (SELECT count(*) FROM c WHERE c.s = a.s) AS n FROM a ORDER BY n
DROP DATABASE stmcs CASCADE
=== collsets_arrays
SELECT array_contains(array('a' COLLATE UTF8_LCASE), 'A'), array_position(array('x', 'a' COLLATE UTF8_LCASE), 'A'), array_remove(array('x', 'a' COLLATE UTF8_LCASE, 'A'), 'A'), array_distinct(array('a' COLLATE UTF8_LCASE, 'A', 'b'))
SELECT array_union(array('a' COLLATE UTF8_LCASE), array('A', 'b')), array_intersect(array('a' COLLATE UTF8_LCASE, 'c'), array('A', 'b')), array_except(array('a' COLLATE UTF8_LCASE, 'c'), array('A', 'b')), arrays_overlap(array('a' COLLATE UTF8_LCASE), array('A'))
SELECT array_distinct(array('a' COLLATE UNICODE_CI, 'A', 'b')), array_union(array('a' COLLATE UNICODE_CI), array('A', 'b')), array_intersect(array('a' COLLATE UNICODE_CI, 'c'), array('A', 'b')), array_except(array('a' COLLATE UNICODE_CI, 'c'), array('A', 'b')), arrays_overlap(array('a' COLLATE UNICODE_CI), array('A'))
SELECT array_sort(array('b' COLLATE UTF8_LCASE, 'A', 'a', 'B')), sort_array(array('b' COLLATE UNICODE_CI, 'A', 'C')), sort_array(array('b' COLLATE UTF8_LCASE, 'A', 'C'), false), array_max(array('a' COLLATE UTF8_LCASE, 'B', 'b')), array_min(array('B' COLLATE UTF8_LCASE, 'a', 'A'))
SELECT array_append(array('a' COLLATE UTF8_LCASE), 'b'), array_prepend(array('a' COLLATE UTF8_LCASE), 'b' COLLATE UTF8_LCASE), array_insert(array('a' COLLATE UTF8_LCASE), 1, 'b' COLLATE UTF8_LCASE), array_compact(array('a' COLLATE UTF8_LCASE, NULL)), array_repeat('a' COLLATE UTF8_LCASE, 2), flatten(array(array('a' COLLATE UTF8_LCASE))), reverse(array('a' COLLATE UTF8_LCASE, 'b')), slice(array('a' COLLATE UTF8_LCASE, 'b'), 1, 1), shuffle(array('a' COLLATE UTF8_LCASE)), element_at(array('a' COLLATE UTF8_LCASE), 1), array_join(array('a' COLLATE UTF8_LCASE), ',')
SELECT filter(array('a' COLLATE UTF8_LCASE, 'b'), x -> x = 'A'), exists(array('a' COLLATE UTF8_LCASE), x -> x = 'A'), forall(array('a' COLLATE UTF8_LCASE), x -> x = 'A'), transform(array('a' COLLATE UTF8_LCASE), x -> x = 'A'), zip_with(array('a' COLLATE UTF8_LCASE), array('A'), (x, y) -> x = y), array_sort(array('b' COLLATE UTF8_LCASE, 'A'), (x, y) -> CASE WHEN x < y THEN -1 WHEN x > y THEN 1 ELSE 0 END)
SELECT aggregate(array('a' COLLATE UTF8_LCASE, 'b'), 'z' COLLATE UTF8_LCASE, (x, y) -> x || y)
SELECT map('a' COLLATE UTF8_LCASE, 1)
SELECT map_from_arrays(array('a' COLLATE UTF8_LCASE), array(1))
SELECT map_from_entries(array(struct('a' COLLATE UTF8_LCASE, 1)))
SELECT map_concat(map('a' COLLATE UTF8_LCASE, 1), map('b' COLLATE UTF8_LCASE, 2))
SELECT map_concat(map('a' COLLATE UTF8_LCASE, 1), map('A' COLLATE UTF8_LCASE, 2))
SELECT map_keys(map('a', 'v' COLLATE UTF8_LCASE)), map_values(map('a', 'v' COLLATE UTF8_LCASE)), map_entries(map('a', 'v' COLLATE UTF8_LCASE))
SELECT map_filter(map('a', 'v' COLLATE UTF8_LCASE), (k, v) -> v = 'V'), transform_values(map('a', 'v' COLLATE UTF8_LCASE), (k, v) -> v = 'V'), transform_keys(map('a', 'v' COLLATE UTF8_LCASE), (k, v) -> v), map_zip_with(map('a', 'x' COLLATE UTF8_LCASE), map('a', 'X'), (k, v, w) -> v = w)
SELECT map('a' COLLATE UTF8_LCASE, 1)['A' COLLATE UTF8_LCASE], map('a' COLLATE UNICODE_CI, 1)['A' COLLATE UNICODE_CI], element_at(map('a' COLLATE UTF8_LCASE, 1), 'A' COLLATE UTF8_LCASE), map_contains_key(map('a' COLLATE UTF8_LCASE, 1), 'A' COLLATE UTF8_LCASE)
SELECT map('a' COLLATE UTF8_LCASE, 1, 'A' COLLATE UTF8_LCASE, 2)
SELECT str_to_map('a:1,A:2' COLLATE UTF8_LCASE)
SELECT str_to_map('a:1,b:2' COLLATE UTF8_LCASE, 'X', ':')
SELECT str_to_map('a:1Xb:2' COLLATE UTF8_LCASE, 'x', ':')
SELECT array_contains(array(array('a' COLLATE UTF8_LCASE)), array('A')), array_position(array(struct('a' COLLATE UTF8_LCASE)), struct('A' COLLATE UTF8_LCASE)), array_distinct(array(array('a' COLLATE UTF8_LCASE), array('A' COLLATE UTF8_LCASE)))
SELECT greatest('a' COLLATE UTF8_LCASE, 'B'), least('B' COLLATE UTF8_LCASE, 'a'), nullif('a' COLLATE UTF8_LCASE, 'A'), 'a' COLLATE UTF8_LCASE <=> 'A', 'a' COLLATE UTF8_LCASE BETWEEN 'A' AND 'B', decode('a' COLLATE UTF8_LCASE, 'A', 1, 2), CASE 'a' COLLATE UTF8_LCASE WHEN 'A' THEN 1 ELSE 2 END, equal_null('a' COLLATE UTF8_LCASE, 'A'), elt(1, 'a' COLLATE UTF8_LCASE, 'b')
SELECT 'a' COLLATE UTF8_LCASE IN ('A', 'b'), ('a' COLLATE UTF8_LCASE, 1) IN (('A', 1)), struct('a' COLLATE UTF8_LCASE) = struct('A' COLLATE UTF8_LCASE), array('a' COLLATE UTF8_LCASE) < array('B' COLLATE UTF8_LCASE)
SELECT 'a' COLLATE UNICODE_CI_RTRIM = 'A  ', 'é' COLLATE UNICODE_AI = 'e', 'É' COLLATE UNICODE_CI_AI = 'e', 'a ' COLLATE UTF8_LCASE_RTRIM = 'A'
SELECT count(DISTINCT x) FROM (SELECT explode(array('a ', 'A', 'a  ', 'b')) COLLATE UTF8_LCASE_RTRIM AS x)
SELECT typeof(max(id)), collation(max(string(id))) FROM range(3)
SELECT typeof(count(*)) FROM range(0)
SELECT typeof(sum(id) OVER ()) FROM range(3)
SELECT nullif(typeof(max(id)), 'x') FROM range(3)
SELECT typeof(max(id)), 1 FROM range(3) GROUP BY id % 2
SELECT (SELECT typeof(max(id)) FROM range(3))
