-- Collations: columns, values inside others, functions, precedence, names.
=== coll1
DROP DATABASE IF EXISTS stmk CASCADE
CREATE DATABASE stmk
USE stmk
CREATE TABLE t (i INT, s STRING COLLATE UTF8_LCASE, u STRING COLLATE UNICODE_CI, b STRING, r STRING COLLATE UTF8_BINARY_RTRIM) USING parquet
DESCRIBE t
SHOW CREATE TABLE t
DESCRIBE EXTENDED t AS JSON
INSERT INTO t VALUES (1, 'abc', 'abc', 'abc', 'abc'), (2, 'ABC', 'ABC', 'ABC', 'abc  '), (3, 'Äb', 'Äb', 'Äb', 'x'), (4, 'äB', 'äB', 'äB', 'x '), (5, NULL, NULL, NULL, NULL)
SELECT count(DISTINCT s), count(DISTINCT u), count(DISTINCT b), count(DISTINCT r) FROM t
SELECT i FROM t WHERE s = 'aBc' ORDER BY i
SELECT i FROM t WHERE u = 'aBc' ORDER BY i
SELECT i FROM t WHERE r = 'abc' ORDER BY i
SELECT lower(min(s)), lower(max(s)), lower(min(u)), lower(max(u)) FROM t
SELECT array_contains(array(s, 'zz'), 'ABC') FROM t ORDER BY i
SELECT count(*) FROM t GROUP BY array(s) ORDER BY 1
SELECT count(*) FROM t GROUP BY struct(s) ORDER BY 1
SELECT count(*) FROM t GROUP BY named_struct('a', array(s)) ORDER BY 1
SELECT count(*) FROM (SELECT DISTINCT array(s) FROM t)
SELECT count(*) FROM (SELECT DISTINCT struct(u) FROM t)
SELECT i FROM t ORDER BY array(s), i
SELECT i FROM t ORDER BY struct(s) DESC, i
SELECT a.i, b.i FROM t a JOIN t b ON array(a.s) = array(b.s) ORDER BY 1, 2
SELECT a.i, b.i FROM t a JOIN t b ON struct(a.s) = struct(b.s) ORDER BY 1, 2
SELECT a.i, b.i FROM t a JOIN t b ON struct(a.s) <=> struct(b.s) ORDER BY 1, 2
SELECT i FROM t WHERE array(s) IN (array('abc' COLLATE UTF8_LCASE)) ORDER BY i
SELECT i FROM t WHERE array(s) = array('ABC' COLLATE UTF8_LCASE) ORDER BY i
SELECT i FROM t WHERE array(s) > array('ABC' COLLATE UTF8_LCASE) ORDER BY i
SELECT i FROM t WHERE s IN (SELECT upper(s) FROM t) ORDER BY i
SELECT i FROM t WHERE array(s) IN (SELECT array(upper(s)) FROM t) ORDER BY i
SELECT i FROM t WHERE (s, i) IN (SELECT upper(s), i FROM t) ORDER BY i
SELECT count(*) FROM (SELECT array(s) FROM t UNION SELECT array(upper(s)) FROM t)
SELECT count(*) FROM (SELECT s FROM t UNION SELECT upper(s) FROM t)
SELECT count(*) FROM (SELECT s FROM t INTERSECT SELECT upper(s) FROM t)
SELECT count(*) FROM (SELECT s FROM t EXCEPT SELECT upper(s) FROM t)
SELECT count(*) FROM (SELECT array(s) FROM t EXCEPT SELECT array(upper(s)) FROM t)
SELECT i, row_number() OVER (PARTITION BY s ORDER BY i) FROM t ORDER BY i
SELECT i, row_number() OVER (PARTITION BY array(s) ORDER BY i) FROM t ORDER BY i
SELECT i, row_number() OVER (PARTITION BY struct(s) ORDER BY i) FROM t ORDER BY i
SELECT i, rank() OVER (ORDER BY array(s)) FROM t ORDER BY i
SELECT i, dense_rank() OVER (ORDER BY s) FROM t ORDER BY i
SELECT count(DISTINCT array(s)), count(DISTINCT struct(s)) FROM t
SELECT size(collect_set(b)) FROM t
SELECT size(collect_set(s)) FROM t
SELECT size(collect_list(DISTINCT s)) FROM t
SELECT size(array_agg(DISTINCT s)) FROM t
SELECT min(array(s)) = array('abc' COLLATE UTF8_LCASE) FROM t
SELECT i FROM t GROUP BY i, map('a', s) ORDER BY i
SELECT count(*) FROM t GROUP BY map('a', s) ORDER BY 1
SELECT * FROM (SELECT DISTINCT map('a', s) FROM t)
SELECT map('a' COLLATE UTF8_LCASE, 1, 'A', 2)
SELECT map('a' COLLATE UTF8_LCASE, 1)['A']
SELECT element_at(map('a' COLLATE UTF8_LCASE, 1), 'A')
SELECT map_contains_key(map('a' COLLATE UTF8_LCASE, 1), 'A')
SELECT i, s FROM t PIVOT (count(b) FOR s IN ('abc', 'x')) ORDER BY i
SELECT i FROM t t1 WHERE EXISTS (SELECT 1 FROM t t2 WHERE t2.s = t1.s AND t2.i <> t1.i) ORDER BY i
SELECT i FROM t JOIN (SELECT 'ABC' COLLATE UTF8_LCASE AS s) x USING (s) ORDER BY i
SELECT t.i, x.s FROM t NATURAL JOIN (SELECT 'ABC' COLLATE UTF8_LCASE AS s) x ORDER BY i
SELECT i FROM t WHERE s BETWEEN 'ABB' AND 'abd' ORDER BY i
SELECT CASE s WHEN 'ABC' THEN 1 ELSE 0 END FROM t ORDER BY i
SELECT decode(s, 'ABC', 1, 0) FROM t ORDER BY i
SELECT nullif(s, 'ABC') FROM t ORDER BY i
SELECT i FROM t WHERE s LIKE 'AB%' ORDER BY i
SELECT i FROM t WHERE u LIKE 'AB%' ORDER BY i
SELECT i FROM t WHERE s RLIKE 'AB' ORDER BY i
SELECT i FROM t WHERE s ILIKE 'aB_' ORDER BY i
SELECT i FROM t WHERE s LIKE ANY ('AB%', 'x') ORDER BY i
SELECT i FROM t WHERE s LIKE ALL ('AB%', '%C') ORDER BY i
SELECT i FROM t WHERE s = u ORDER BY i
SELECT i FROM t WHERE s = b ORDER BY i
SELECT i FROM t WHERE s COLLATE UTF8_BINARY = b ORDER BY i
SELECT i FROM t WHERE s COLLATE UNICODE = b COLLATE UTF8_LCASE ORDER BY i
SELECT concat(s, u) FROM t
SELECT concat(s, b) FROM t
SELECT collation(s), collation(u), collation(b), collation('x'), collation(concat(s, 'x')), collation(s || b COLLATE UNICODE) FROM t LIMIT 1
SELECT s || u = 'x' FROM t
SELECT typeof(s), typeof(u), typeof(r) FROM t LIMIT 1
SELECT collation(upper(s)), collation(substr(s, 1, 1)), collation(CAST(1 AS STRING)), collation(CAST(s AS STRING)) FROM t LIMIT 1
SELECT collation(CAST(i AS STRING COLLATE UTF8_LCASE)) FROM t LIMIT 1
SELECT 'a' :: STRING COLLATE UTF8_LCASE = 'A'
SELECT CAST('a' AS STRING COLLATE NOPE)
SELECT 'a' COLLATE NOPE
SELECT 1 COLLATE UTF8_LCASE
SELECT collate('a', 'UTF8_LCASE')
SELECT collate(1, 'UTF8_LCASE')
SELECT hash(s) FROM t WHERE i < 3 ORDER BY i
SELECT xxhash64(s) FROM t WHERE i < 3 ORDER BY i
SELECT s <=> upper(s), s = upper(s) FROM t ORDER BY i
SELECT greatest(s, 'ABD'), least(s, 'ABB') FROM t ORDER BY i
SELECT i FROM t ORDER BY s, i
SELECT i FROM t ORDER BY u, i
SELECT approx_count_distinct(s) FROM t
SHOW COLLATIONS
SHOW COLLATIONS LIKE 'UTF8*'
SHOW COLLATIONS LIKE '*_CI'
DROP DATABASE stmk CASCADE
=== collfn
SELECT contains('abCD' COLLATE UTF8_LCASE, 'Bc'), contains('abCD' COLLATE UNICODE_CI, 'Bc'), contains('abCD' COLLATE UNICODE, 'Bc')
SELECT startswith('abCD' COLLATE UTF8_LCASE, 'AB'), startswith('abCD' COLLATE UNICODE_CI, 'AB'), endswith('abCD' COLLATE UNICODE_CI, 'cd')
SELECT instr('abCD' COLLATE UTF8_LCASE, 'cd'), instr('abCD' COLLATE UNICODE_CI, 'cd')
SELECT locate('cd', 'abCD' COLLATE UTF8_LCASE), locate('cd', 'abCDcd' COLLATE UTF8_LCASE, 4), position('cd' IN 'abCD' COLLATE UNICODE_CI)
SELECT replace('abCDcd' COLLATE UTF8_LCASE, 'cd', 'x'), replace('abCDcd' COLLATE UNICODE_CI, 'CD', 'x')
SELECT translate('abCDcd' COLLATE UTF8_LCASE, 'CD', 'xy'), translate('abCDcd' COLLATE UNICODE_CI, 'CD', 'xy')
SELECT split('aXbxc' COLLATE UTF8_LCASE, 'x'), split('aXbxc' COLLATE UNICODE_CI, 'x')
SELECT split_part('aXbxc' COLLATE UTF8_LCASE, 'x', 2), split_part('aXbxc' COLLATE UNICODE_CI, 'x', 3)
SELECT substring_index('aXbxc' COLLATE UTF8_LCASE, 'x', 1), substring_index('aXbxc' COLLATE UNICODE_CI, 'x', -1)
SELECT trim('X' FROM 'xXaxX' COLLATE UTF8_LCASE), trim('X' FROM 'xXaxX' COLLATE UNICODE_CI), ltrim('X', 'xXaX' COLLATE UTF8_LCASE), rtrim('X', 'xXaxX' COLLATE UNICODE_CI), btrim('xXaxX' COLLATE UTF8_LCASE, 'X')
SELECT trim('  a ' COLLATE UTF8_LCASE), ltrim('  a ' COLLATE UNICODE), rtrim('  a ' COLLATE UNICODE_CI)
SELECT initcap('hello wORLD' COLLATE UTF8_LCASE), initcap('hello wORLD' COLLATE UNICODE_CI), initcap('ß ǆ' COLLATE UNICODE)
SELECT upper('aß' COLLATE UTF8_LCASE), lower('AİB' COLLATE UTF8_LCASE), upper('aß' COLLATE UNICODE), lower('İ' COLLATE UNICODE_CI), length(lower('İ' COLLATE UNICODE))
SELECT find_in_set('B', 'a,b,c' COLLATE UTF8_LCASE), find_in_set('B', 'a,b,c' COLLATE UNICODE_CI)
SELECT str_to_map('a:1,b:2' COLLATE UTF8_LCASE), str_to_map('aX1yb:2' COLLATE UTF8_LCASE, 'Y', 'x')
SELECT 'abc' COLLATE UTF8_LCASE LIKE 'ABC', 'abc' COLLATE UNICODE_CI LIKE 'ABC', 'abc' COLLATE UNICODE LIKE 'ABC'
SELECT 'abc' COLLATE UTF8_LCASE RLIKE 'ABC'
SELECT 'abc' COLLATE UNICODE_CI RLIKE 'ABC'
SELECT regexp_replace('abc' COLLATE UTF8_LCASE, 'B', 'x'), regexp_extract('abc' COLLATE UTF8_LCASE, 'B', 0), regexp_count('abc' COLLATE UTF8_LCASE, 'B'), regexp_substr('abc' COLLATE UTF8_LCASE, 'B'), regexp_instr('abc' COLLATE UTF8_LCASE, 'B'), regexp_extract_all('abBc' COLLATE UTF8_LCASE, '(B)', 1)
SELECT regexp_like('abc' COLLATE UTF8_LCASE, 'B')
SELECT levenshtein('abc' COLLATE UTF8_LCASE, 'ABC')
SELECT greatest('a' COLLATE UTF8_LCASE, 'B'), least('A' COLLATE UNICODE_CI, 'b'), greatest('a' COLLATE UTF8_LCASE, 'A'), least('a' COLLATE UTF8_LCASE, 'A')
SELECT array_contains(array('a' COLLATE UTF8_LCASE), 'A'), array_position(array('b', 'a' COLLATE UTF8_LCASE), 'A'), array_remove(array('a' COLLATE UTF8_LCASE, 'b'), 'A')
SELECT array_distinct(array('a' COLLATE UTF8_LCASE, 'A', 'b')), array_union(array('a' COLLATE UTF8_LCASE), array('A' COLLATE UTF8_LCASE, 'c')), array_intersect(array('a' COLLATE UTF8_LCASE), array('A' COLLATE UTF8_LCASE)), array_except(array('a' COLLATE UTF8_LCASE), array('A' COLLATE UTF8_LCASE)), arrays_overlap(array('a' COLLATE UTF8_LCASE), array('A' COLLATE UTF8_LCASE))
SELECT array_sort(array('b' COLLATE UTF8_LCASE, 'A', 'C')), sort_array(array('b' COLLATE UTF8_LCASE, 'A', 'C'), false), array_min(array('b' COLLATE UTF8_LCASE, 'A')), array_max(array('b' COLLATE UTF8_LCASE, 'A', 'C'))
SELECT array_append(array('a' COLLATE UTF8_LCASE), 'B'), array_prepend(array('a' COLLATE UTF8_LCASE), 'B'), array_insert(array('a' COLLATE UTF8_LCASE), 1, 'B'), array_join(array('a' COLLATE UTF8_LCASE, 'b'), ','), array_repeat('a' COLLATE UTF8_LCASE, 2)
SELECT concat_ws(' ' COLLATE UTF8_LCASE, 'a', 'b'), elt(1, 'a' COLLATE UTF8_LCASE, 'b'), lpad('a' COLLATE UTF8_LCASE, 3, 'x'), rpad('a' COLLATE UTF8_LCASE, 3, 'x'), overlay('abc' COLLATE UTF8_LCASE PLACING 'x' FROM 2)
SELECT ascii('A' COLLATE UTF8_LCASE), length('abc' COLLATE UNICODE), char_length('abc' COLLATE UNICODE_CI), octet_length('é' COLLATE UNICODE), reverse('abc' COLLATE UTF8_LCASE), repeat('a' COLLATE UTF8_LCASE, 2), left('abc' COLLATE UTF8_LCASE, 2), right('abc' COLLATE UTF8_LCASE, 2), soundex('abc' COLLATE UTF8_LCASE), base64('a' COLLATE UTF8_LCASE), md5('a' COLLATE UTF8_LCASE)
SELECT collation(base64('a' COLLATE UTF8_LCASE)), collation(md5('a' COLLATE UTF8_LCASE)), collation(hex('a' COLLATE UTF8_LCASE)), collation(soundex('a' COLLATE UTF8_LCASE)), collation(initcap('a' COLLATE UTF8_LCASE)), collation(format_string('%s', 'a' COLLATE UTF8_LCASE)), collation(space(1)), collation(chr(65))
SELECT collation(element_at(array('a' COLLATE UTF8_LCASE), 1)), collation(array('a' COLLATE UTF8_LCASE)[0]), collation(map('a', 'b' COLLATE UNICODE)['a']), collation(named_struct('a', 'b' COLLATE UNICODE).a)
SELECT collation(CASE WHEN true THEN 'a' COLLATE UNICODE ELSE 'b' END), collation(if(true, 'a', 'b' COLLATE UTF8_LCASE)), collation(coalesce('a', 'b' COLLATE UTF8_LCASE)), collation(nvl('a' COLLATE UTF8_LCASE, 'b')), collation(nvl2('a', 'a' COLLATE UTF8_LCASE, 'b')), collation(nullif('a' COLLATE UTF8_LCASE, 'b'))
SELECT 'a' COLLATE UTF8_LCASE || 'b' COLLATE UNICODE
SELECT array('a' COLLATE UTF8_LCASE, 'b' COLLATE UNICODE)
SELECT 'a' COLLATE UTF8_LCASE IN ('A' COLLATE UNICODE)
SELECT 'a' COLLATE UTF8_LCASE IN ('A', 'b')
SELECT parse_url('http://a.b/c?d=e' COLLATE UTF8_LCASE, 'HOST'), sentences('Hi there' COLLATE UTF8_LCASE), to_date('2020-01-01' COLLATE UTF8_LCASE), 'a1' COLLATE UTF8_LCASE :: STRING, CAST('1' COLLATE UTF8_LCASE AS INT)
SELECT upper('ÀÉ' COLLATE fr_CI), 'É' COLLATE fr_CI_AI = 'e', 'a' COLLATE UNICODE_AI = 'ä', 'ß' COLLATE UNICODE_CI = 'ss', 'İ' COLLATE UTF8_LCASE = 'i̇', 'ς' COLLATE UTF8_LCASE = 'Σ'
SELECT mask('aB1' COLLATE UTF8_LCASE), collation(mask('aB1' COLLATE UTF8_LCASE)), quote('a' COLLATE UTF8_LCASE), is_valid_utf8('a' COLLATE UTF8_LCASE), luhn_check('1' COLLATE UTF8_LCASE), url_encode('a b' COLLATE UTF8_LCASE), encode('a' COLLATE UTF8_LCASE, 'utf-8'), to_number('1' COLLATE UTF8_LCASE, '9'), to_char(1, '9' COLLATE UTF8_LCASE)
SELECT * FROM collations() WHERE name LIKE 'UTF8%'
SELECT count(*) FROM collations()
SELECT explode(array('a' COLLATE UTF8_LCASE)), collation('x')
SELECT col, collation(col) FROM explode(array('a' COLLATE UTF8_LCASE)) t(col)
SELECT transform(array('a' COLLATE UTF8_LCASE, 'B'), x -> x = 'A'), filter(array('a' COLLATE UTF8_LCASE, 'B'), x -> x = 'A'), exists(array('a' COLLATE UTF8_LCASE), x -> x = 'A')
SELECT endswith('abc ' COLLATE UTF8_BINARY_RTRIM, 'C'), endswith('abc ' COLLATE UTF8_LCASE_RTRIM, 'C'), contains('abc ' COLLATE UTF8_LCASE_RTRIM, 'C '), startswith('abc' COLLATE UTF8_LCASE_RTRIM, 'AB '), instr('abc' COLLATE UTF8_LCASE_RTRIM, 'C '), replace('a b ' COLLATE UTF8_LCASE_RTRIM, 'B ', 'x')
=== names
SELECT 'a' COLLATE UNICODE_CX
SELECT 'a' COLLATE UTF8_LCAS
SELECT 'a' COLLATE XX
SELECT 'a' COLLATE en_CI_CI
SELECT 'a' COLLATE sr_Cyrl_SR
SELECT 'a' COLLATE UTF8_BINARY_CI
SELECT 'a' COLLATE zzzzzzzzzzz
SELECT 'a' COLLATE en_AI_CX
SELECT 'a' COLLATE UTF8
SELECT 'a' COLLATE fr_FR
SELECT 'a' COLLATE a.b
SELECT 'a' COLLATE system.builtin.UNICODE
SELECT 'a' COLLATE en_ci_rtrim
SELECT typeof('a' COLLATE en_cs_as)
SELECT typeof('a' COLLATE ai_en)
SELECT typeof('a' COLLATE en_ai_ci)
SELECT CAST('a' AS STRING COLLATE utf8_lcas)
SELECT CAST('a' AS ARRAY<STRING COLLATE nope>)
CREATE TABLE stm_bad (a STRING COLLATE nope)
CREATE TABLE stm_bad (a STRING) DEFAULT COLLATION nope
CREATE VIEW stm_bad DEFAULT COLLATION nope AS SELECT 1
SHOW COLLATIONS LIKE 'fr*'
SHOW COLLATIONS LIKE '*_ci'
SHOW COLLATIONS 'UNICODE*'
SHOW COLLATIONS LIKE 'none'
SELECT * FROM collations() WHERE name LIKE 'de%'
=== nulls
SELECT array('b') < array(CAST(NULL AS STRING)), array(1,NULL) < array(1,2), array(NULL) = array(NULL), struct(1, NULL) < struct(1, 2), struct(1, CAST(NULL AS INT)) = struct(1, 2), struct(NULL) > struct(1)
SELECT i FROM VALUES (1, array('a')), (2, array(CAST(NULL AS STRING))), (3, array('b')), (4, NULL), (5, array()) t(i,a) ORDER BY a
SELECT i FROM VALUES (1, array('a')), (2, array(CAST(NULL AS STRING))), (3, array('b')), (4, NULL), (5, array()) t(i,a) ORDER BY a DESC
SELECT i FROM VALUES (1, struct('a')), (2, struct(CAST(NULL AS STRING))), (3, struct('b')), (4, NULL) t(i,a) ORDER BY a
SELECT i, rank() OVER (ORDER BY a) FROM VALUES (1, struct('a')), (2, struct(CAST(NULL AS STRING))), (3, struct('b')), (4, NULL) t(i,a)
SELECT i, dense_rank() OVER (ORDER BY a DESC) FROM VALUES (1, array('a', 'c')), (2, array('a', NULL)), (3, array('a')), (4, NULL) t(i,a)
SELECT max(a), min(a) FROM VALUES (1, array('a', 'c')), (2, array('a', NULL)), (3, array('a')), (4, NULL) t(i,a)
SELECT array(struct(1, NULL)) < array(struct(1, 2)), struct(array(NULL, 1)) < struct(array(0, 1))
SELECT greatest(array(1, NULL), array(1, 2)), least(array(1, NULL), array(1, 2)), greatest(struct(1, NULL), struct(1, 2))
SELECT i FROM VALUES (1, array(1)), (2, array(CAST(NULL AS INT))), (3, array(0)) t(i,a) WHERE a >= array(0) ORDER BY i
=== maps
SELECT map('a' COLLATE UTF8_LCASE, 1)['A']
SELECT map('a' COLLATE UTF8_LCASE, 1)['B']
SELECT element_at(map('a' COLLATE UTF8_LCASE, 1), 'A' COLLATE UTF8_LCASE)
SELECT element_at(map('a' COLLATE UTF8_LCASE, 1), 'A')
SELECT map_contains_key(map('a' COLLATE UTF8_LCASE, 1), 'A' COLLATE UTF8_LCASE)
SELECT map_contains_key(map('a' COLLATE UTF8_LCASE, 1), 'A')
SELECT array_prepend(array('a' COLLATE UTF8_LCASE), 'B')
SELECT array_insert(array('a' COLLATE UTF8_LCASE), 1, 'B')
SELECT array_append(array('a' COLLATE UTF8_LCASE), 'B')
SELECT map_from_arrays(array('a' COLLATE UTF8_LCASE, 'A'), array(1, 2))
SELECT map_from_entries(array(struct('a' COLLATE UTF8_LCASE, 1), struct('A' COLLATE UTF8_LCASE, 2)))
SELECT map_concat(map('a' COLLATE UTF8_LCASE, 1), map('A' COLLATE UTF8_LCASE, 2))
SELECT map_filter(map('a' COLLATE UTF8_LCASE, 1), (k, v) -> k = 'A')
SELECT transform_keys(map('a', 1, 'A', 2), (k, v) -> k COLLATE UTF8_LCASE)
SELECT map_keys(map('a' COLLATE UTF8_LCASE, 1)), map_values(map(1, 'a' COLLATE UNICODE)), map_entries(map('a' COLLATE UTF8_LCASE, 1))
SELECT str_to_map('aX1yb:2' COLLATE UTF8_LCASE, 'Y', 'x')
SELECT str_to_map('a:1,A:2' COLLATE UTF8_LCASE)
SELECT map_zip_with(map('a' COLLATE UTF8_LCASE, 1), map('A' COLLATE UTF8_LCASE, 2), (k, x, y) -> x + y)
SELECT array_distinct(array(struct('a' COLLATE UTF8_LCASE), struct('A' COLLATE UTF8_LCASE)))
SELECT array_contains(array(array('a' COLLATE UTF8_LCASE)), array('A' COLLATE UTF8_LCASE))
SELECT array_sort(array('b' COLLATE UNICODE_CI, 'A', 'a', 'B'))
SELECT sort_array(array('b' COLLATE UNICODE, 'A', 'a', 'B')), sort_array(array('b', 'A', 'a', 'B'))
SELECT array_sort(array('b' COLLATE UTF8_LCASE, 'A'), (x, y) -> CASE WHEN x < y THEN -1 WHEN x > y THEN 1 ELSE 0 END)
SELECT arrays_zip(array('a' COLLATE UTF8_LCASE), array('b'))
SELECT slice(array('a' COLLATE UTF8_LCASE, 'b'), 1, 1), reverse(array('a' COLLATE UTF8_LCASE, 'b')), concat(array('a' COLLATE UTF8_LCASE), array('B' COLLATE UTF8_LCASE)), flatten(array(array('a' COLLATE UTF8_LCASE)))
SELECT concat(array('a' COLLATE UTF8_LCASE), array('B'))
SELECT array_union(array('a' COLLATE UTF8_LCASE), array('B'))
SELECT zip_with(array('a' COLLATE UTF8_LCASE), array('B'), (x, y) -> x = y)
SELECT array_max(array(struct('a' COLLATE UTF8_LCASE), struct('B' COLLATE UTF8_LCASE)))
SELECT map('a' COLLATE UTF8_LCASE, 'x' COLLATE UNICODE)
SELECT map('a' COLLATE UTF8_LCASE, 1, 'b' COLLATE UNICODE, 2)
SELECT named_struct('a', 'x' COLLATE UTF8_LCASE) = named_struct('a', 'X')
SELECT struct('x' COLLATE UTF8_LCASE) = struct('X' COLLATE UTF8_LCASE), struct('x' COLLATE UTF8_LCASE) < struct('Y' COLLATE UTF8_LCASE), struct('x' COLLATE UTF8_LCASE) IN (struct('X' COLLATE UTF8_LCASE))
SELECT 'A' COLLATE UTF8_LCASE IN (SELECT 'a')
SELECT 'A' IN (SELECT 'a' COLLATE UTF8_LCASE)
SELECT 'A' COLLATE UNICODE IN (SELECT 'a' COLLATE UTF8_LCASE)
SELECT 'A' NOT IN (SELECT 'a' COLLATE UTF8_LCASE)
SELECT EXISTS (SELECT 1 FROM VALUES ('a') t(x) WHERE x = 'A' COLLATE UTF8_LCASE)
SELECT decode('a' COLLATE UTF8_LCASE, 'A', 1, 2), decode('a', 'A' COLLATE UTF8_LCASE, 'x', 'y'), decode(1, 1, 'q' COLLATE UNICODE, 'z')
SELECT CASE 'a' COLLATE UTF8_LCASE WHEN 'A' THEN 'x' ELSE 'y' END, CASE WHEN true THEN 'a' COLLATE UTF8_LCASE ELSE 'b' COLLATE UNICODE END
SELECT nvl2('a' COLLATE UTF8_LCASE, 'b', 'c'), collation(nvl2('a' COLLATE UTF8_LCASE, 'b', 'c'))
SELECT instr('abcABC' COLLATE UTF8_LCASE, 'B', 3), instr('abcABC' COLLATE UTF8_LCASE, 'B', 1, 2), instr('abcABC' COLLATE UTF8_LCASE, 'b', -1)
SELECT split_part('aXbXc' COLLATE UTF8_LCASE, 'x', -1), split_part('aXbXc' COLLATE UTF8_LCASE, 'x', 9), split_part('aXbXc' COLLATE UTF8_LCASE, '', 1), split_part('aXbXc' COLLATE UTF8_LCASE, 'x', 0)
SELECT split('aXbxc' COLLATE UTF8_LCASE, 'x'), split('aXbxc' COLLATE UTF8_LCASE, '[x]', 2)
SELECT substring_index('aXbxc' COLLATE UTF8_LCASE, 'x', 2), substring_index('aXbxc' COLLATE UTF8_LCASE, 'x', 5), substring_index('aXbxc' COLLATE UTF8_LCASE, 'x', -2), substring_index('aXbxc' COLLATE UTF8_LCASE, '', 1)
SELECT locate('', 'abc' COLLATE UTF8_LCASE), locate('C', 'abc' COLLATE UTF8_LCASE, 4), locate('C', 'abc' COLLATE UTF8_LCASE, 0), instr('' COLLATE UTF8_LCASE, 'a'), instr('a' COLLATE UTF8_LCASE, ''), contains('a' COLLATE UNICODE_CI, ''), startswith('' COLLATE UNICODE_CI, 'a'), endswith('abC' COLLATE UTF8_LCASE, 'Bc')
SELECT trim(BOTH 'ab' FROM 'BAxAB' COLLATE UTF8_LCASE), trim(LEADING 'ab' FROM 'BAxAB' COLLATE UNICODE_CI), trim(TRAILING 'AB' FROM 'BAxab' COLLATE UTF8_LCASE), ltrim('  x' COLLATE UTF8_LCASE_RTRIM), rtrim('x  ' COLLATE UTF8_LCASE_RTRIM)
SELECT 'a' COLLATE UTF8_LCASE REGEXP 'A', 'a' COLLATE UTF8_LCASE RLIKE c FROM VALUES ('A'), ('b') t(c)
SELECT translate('AbC' COLLATE UTF8_LCASE, 'abc', 'x'), translate('İi' COLLATE UTF8_LCASE, 'i', 'x')
SELECT find_in_set('b', 'A,B,C' COLLATE UTF8_LCASE), find_in_set('a,b', 'A,B' COLLATE UTF8_LCASE), find_in_set('', 'a,,b' COLLATE UTF8_LCASE), find_in_set('c ', 'a,b,c' COLLATE UTF8_LCASE_RTRIM)
SELECT * FROM VALUES ('a' COLLATE UTF8_LCASE), ('A' COLLATE UTF8_LCASE) t(c)
SELECT max_by(i, c), min_by(c, i) FROM VALUES (1, 'a' COLLATE UTF8_LCASE), (2, 'B' COLLATE UTF8_LCASE) t(i, c)
SELECT c, count(*) FROM VALUES ('a' COLLATE UNICODE_CI), ('A' COLLATE UNICODE_CI), ('b' COLLATE UNICODE_CI) t(c) GROUP BY c ORDER BY c
SELECT c FROM (SELECT 'a' COLLATE UTF8_LCASE AS c UNION ALL SELECT 'B' COLLATE UTF8_LCASE) ORDER BY c DESC
SELECT 'a' COLLATE UTF8_LCASE UNION SELECT 'A'
SELECT 'a' UNION SELECT 'A' COLLATE UTF8_LCASE
SELECT 'a' COLLATE UTF8_LCASE AS c UNION ALL SELECT 'B' COLLATE UNICODE
SELECT c FROM VALUES ('a' COLLATE UTF8_LCASE), ('A' COLLATE UTF8_LCASE) t(c) EXCEPT SELECT 'A' COLLATE UTF8_LCASE
SELECT c FROM VALUES ('a' COLLATE UTF8_LCASE), ('b' COLLATE UTF8_LCASE) t(c) INTERSECT SELECT 'A' COLLATE UTF8_LCASE
=== colldef
DROP DATABASE IF EXISTS stmd CASCADE
CREATE DATABASE stmd DEFAULT COLLATION UTF8_LCASE
CREATE DATABASE stmd
DESCRIBE DATABASE EXTENDED stmd
USE stmd
CREATE TABLE t (a STRING, b STRING COLLATE UNICODE, c INT)
DESCRIBE t
DESCRIBE EXTENDED t
SHOW CREATE TABLE t
INSERT INTO t VALUES ('a', 'A', 1)
SELECT * FROM t WHERE a = 'A'
SELECT collation('x'), collation(a) FROM t
CREATE TABLE u (a STRING) DEFAULT COLLATION UNICODE_CI
DESCRIBE EXTENDED u
DESCRIBE EXTENDED u AS JSON
SHOW CREATE TABLE u
ALTER TABLE u ADD COLUMN b STRING
DESCRIBE u
ALTER TABLE u DEFAULT COLLATION UTF8_BINARY
ALTER TABLE u ADD COLUMN c STRING
DESCRIBE u
ALTER TABLE u ALTER COLUMN a TYPE STRING COLLATE UTF8_LCASE
ALTER TABLE u ALTER COLUMN a TYPE STRING
CREATE VIEW v2 AS SELECT 'a' AS x, 'a' = 'A' AS eq, collation('z') AS cz
SELECT *, collation(x) FROM v2
DESCRIBE EXTENDED v2
CREATE TABLE ct2 AS SELECT 'a' AS x
DESCRIBE ct2
ALTER DATABASE stmd DEFAULT COLLATION UNICODE
DESCRIBE DATABASE EXTENDED stmd
CREATE TABLE t3 (a STRING)
DESCRIBE t3
CREATE FUNCTION f(x STRING) RETURNS STRING RETURN x
SELECT collation(f('a'))
CREATE DATABASE stmbad DEFAULT COLLATION NOPE
CREATE TABLE bad (a STRING COLLATE NOPE)
CREATE TABLE bad (a STRING COLLATE unicode_ci_rtrim, b CHAR(3) COLLATE UTF8_LCASE)
CREATE TABLE bad (a INT COLLATE UTF8_LCASE)
CREATE TABLE pk (a INT, s STRING COLLATE UTF8_LCASE) PARTITIONED BY (s)
CREATE TABLE pk (a INT, s STRING COLLATE UTF8_LCASE) CLUSTERED BY (s) INTO 2 BUCKETS
CREATE TABLE nest (a ARRAY<STRING COLLATE UTF8_LCASE>, m MAP<STRING COLLATE UNICODE, INT>, s STRUCT<x: STRING COLLATE UNICODE_CI>)
DESCRIBE nest
SHOW CREATE TABLE nest
INSERT INTO nest VALUES (array('a'), map('k', 1), named_struct('x', 'y'))
SELECT a[0] = 'A', s.x = 'Y', m['K'], m['k'] FROM nest
DECLARE VARIABLE vv STRING COLLATE UTF8_LCASE DEFAULT 'a'
DROP TEMPORARY VARIABLE vv
DROP DATABASE stmd CASCADE
=== colltab
DROP DATABASE IF EXISTS stme CASCADE
CREATE DATABASE stme
USE stme
CREATE TABLE pk (a INT, s STRING COLLATE UTF8_LCASE) PARTITIONED BY (s)
CREATE TABLE pk (a INT, s STRING COLLATE UTF8_LCASE) CLUSTERED BY (s) INTO 2 BUCKETS
CREATE TABLE l (a STRING COLLATE fr_ci, b STRING) DEFAULT COLLATION de_ai
DESCRIBE l
SHOW CREATE TABLE l
INSERT INTO l VALUES ('É', 'ä'), ('e', 'A'), ('z', 'o')
SELECT a, b FROM l ORDER BY a, b
SELECT a FROM l WHERE b = 'a'
SELECT count(DISTINCT b) FROM l
SELECT b, count(*) FROM l GROUP BY b ORDER BY count(*)
ALTER TABLE l ADD COLUMN c ARRAY<STRING>
ALTER TABLE l ALTER COLUMN a TYPE STRING COLLATE UNICODE
ALTER TABLE l ALTER COLUMN a TYPE INT
DESCRIBE l
CREATE TABLE m (s STRUCT<a: ARRAY<MAP<STRING COLLATE UTF8_LCASE, INT>>>)
CREATE TABLE m (s MAP<INT, STRING COLLATE UTF8_LCASE>)
DESCRIBE m
CREATE TABLE j (s STRING COLLATE UTF8_LCASE) USING json
INSERT INTO j VALUES ('a'), ('A')
SELECT count(*) FROM j WHERE s = 'A'
CREATE TEMP VIEW jv AS SELECT s, upper(s) AS u FROM j
DESCRIBE jv
SELECT collation(s), collation(u) FROM jv LIMIT 1
CREATE VIEW jp AS SELECT s, s = 'A' AS eq FROM j
DESCRIBE EXTENDED jp
SELECT eq FROM jp
CREATE TABLE jc AS SELECT s FROM j
DESCRIBE jc
DROP DATABASE stme CASCADE
