-- Answers that rules of the engine's optimizer spoil where they are asked as they stand.
=== joins_of_a_source_with_itself
CREATE OR REPLACE TEMP VIEW ef_q AS SELECT * FROM VALUES (1,10,1),(2,20,1),(3,30,1),(1,15,2),(2,25,2),(3,5,2) AS q(id,r,k)
CACHE TABLE ef_q
SELECT concat(q3.r,'>',q4.r) x FROM ef_q p JOIN ef_q q3 ON q3.id=p.id JOIN ef_q q4 ON q4.id=p.k UNION ALL SELECT concat(q4.r,'') FROM ef_q p JOIN ef_q q3 ON q3.id=p.id JOIN ef_q q4 ON q4.id=p.k ORDER BY x
SELECT (SELECT count(*) FROM ef_q p JOIN ef_q q3 ON q3.id=p.id JOIN ef_q q4 ON q4.id=p.k WHERE q4.r>q3.r) a, (SELECT sum(q4.r) FROM ef_q p JOIN ef_q q3 ON q3.id=p.id JOIN ef_q q4 ON q4.id=p.k) b, (SELECT max(concat(q3.r,'>',q4.r)) FROM ef_q p JOIN ef_q q3 ON q3.id=p.id JOIN ef_q q4 ON q4.id=p.k) c
UNCACHE TABLE ef_q
=== fields_of_cast_fields
CREATE OR REPLACE TEMP VIEW ef_n AS SELECT named_struct('id', id + 1000, 'ms', named_struct('a', id + 200, 'b', id + 30)) v FROM range(3)
CACHE TABLE ef_n
SELECT cast(v.ms AS struct<b:string,a:string>).b FROM ef_n ORDER BY v.id LIMIT 1
SELECT cast(v.ms AS struct<b:string,a:string>).a, v.ms FROM ef_n ORDER BY v.id LIMIT 1
UNCACHE TABLE ef_n
=== patterns_with_last_characters
CREATE OR REPLACE TEMP VIEW ef_lk AS SELECT * FROM VALUES ('ÿabc'), ('é'), ('¿x'), ('漿水c'), ('ÿ_c') AS t(name)
CACHE TABLE ef_lk
SELECT * FROM ef_lk WHERE name LIKE 'ÿ%c' ORDER BY 1
SELECT * FROM ef_lk WHERE name LIKE 'ÿ\\_%c'
SELECT * FROM ef_lk WHERE name LIKE '¿_'
SELECT * FROM ef_lk WHERE name LIKE '漿%c'
SELECT * FROM ef_lk WHERE name LIKE '漿%'
SELECT * FROM ef_lk WHERE name NOT LIKE 'ÿ%c' ORDER BY 1
UNCACHE TABLE ef_lk
