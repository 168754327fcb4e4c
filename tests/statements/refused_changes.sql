-- what is wrong with UPDATE, DELETE and MERGE of a table of files is told before they are refused
=== dmlerr
CREATE TABLE stmt_e (id INT, v STRING, st STRUCT<a: INT>) USING parquet
CREATE TEMPORARY VIEW stmt_es AS SELECT * FROM VALUES (2, 'B') t(id, v)
DELETE FROM stmt_e WHERE max(id) = 1
DELETE FROM stmt_e WHERE rank() OVER (ORDER BY id) = 1
UPDATE stmt_e SET id = row_number() OVER (ORDER BY id)
UPDATE stmt_e SET id = sum(id), v = max(v)
UPDATE stmt_e SET st.zz = 1
UPDATE stmt_e SET id.a = 1
UPDATE stmt_e SET id = zz + 1
UPDATE stmt_e SET id = idd
UPDATE stmt_e AS e SET stmt_e.id = 1
UPDATE stmt_e SET id = 1 WHERE idd = 1
DELETE FROM stmt_e WHERE idd = 1
MERGE INTO stmt_e t USING stmt_es s ON t.id = s.id WHEN MATCHED THEN UPDATE SET st.zz = 1
MERGE INTO stmt_e t USING stmt_es s ON t.id = s.id WHEN MATCHED AND max(s.id) = 1 THEN DELETE
MERGE INTO stmt_e t USING stmt_es s ON t.id = s.id WHEN MATCHED AND s.id THEN DELETE
MERGE INTO stmt_e t USING stmt_es s ON t.id = s.id WHEN MATCHED THEN UPDATE SET id = sum(s.id)
MERGE INTO stmt_e t USING stmt_es s ON t.id = s.id WHEN NOT MATCHED THEN INSERT (id, zz) VALUES (1, 2)
MERGE INTO stmt_e t USING stmt_es s ON t.id = s.id WHEN NOT MATCHED THEN INSERT (id, v) VALUES (1, zz)
MERGE INTO stmt_e USING stmt_e ON stmt_e.id = 1 WHEN MATCHED THEN DELETE
MERGE INTO stmt_e t USING nope s ON t.id = s.id WHEN MATCHED THEN DELETE
MERGE INTO stmt_e t USING (SELECT 5 AS k) s ON t.id = s.k WHEN NOT MATCHED THEN INSERT *
DROP TABLE stmt_e
