-- Predicates: where their errors point, and IN before a word that is a type.
=== preds
SELECT x LIKE array(1) FROM VALUES ('a') t(x)
SELECT x NOT LIKE array(1) FROM VALUES ('a') t(x)
SELECT x NOT RLIKE array(1) FROM VALUES ('a') t(x)
SELECT array(1) IS NOT DISTINCT FROM 1
SELECT x IN (array(1)) FROM VALUES ('a') t(x)
SELECT x LIKE ANY (array(1)) FROM VALUES ('a') t(x)
SELECT 'A' IN (SELECT 'a')
SELECT 1 IN (SELECT array(1))
SELECT 1 NOT IN (SELECT array(1))
SELECT 1 WHERE 'a' BETWEEN 1 AND array(2)
SELECT 'A' IN (SELECT 'a', 'b')
SELECT 'A' IN (SELECT 'a' WHERE true)
SELECT 'A' IN (SELECT 'a' || 'b')
SELECT 'A' IN (SELECT "a")
SELECT 'A' IN (SELECT 'a' 'b')
SELECT 'A' IN (SELECT 'a' AS x)
SELECT (SELECT 'a')
