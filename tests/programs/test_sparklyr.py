"""What sparklyr sends: it asks the catalog, copies frames over as views, caches with CACHE TABLE and persist, and sends the nested SQL that dplyr
writes, every name in backticks; then samples and writes in each format."""
import pandas as pd
import steps
from pyspark import StorageLevel
from pyspark.sql import functions as F

CARS = pd.DataFrame({
    "model": [f"car {i}" for i in range(32)], "mpg": [10.4 + i * 0.7 for i in range(32)], "cyl": [float(4 + 2 * (i % 3)) for i in range(32)],
    "hp": [52.0 + i * 9 for i in range(32)], "wt": [None if i % 11 == 10 else 1.5 + i * 0.125 for i in range(32)], "am": [float(i % 2) for i in range(32)],
})
MAKERS = pd.DataFrame({"cyl": [4.0, 6.0, 10.0], "maker name": ["Ö", None, "ten"]})


def q(text):
    return " ".join(text.split())


DPLYR = {
    "no rows": "SELECT * FROM `cars` WHERE (0 = 1)",
    "count": "SELECT COUNT(*) AS `n` FROM `cars`",
    "head": "SELECT `cars`.* FROM `cars` LIMIT 3",
    "mutate": "SELECT `cars`.*, `mpg` * 0.425144 AS `kml`, POWER(`hp`, 2.0) AS `hp2`, LN(`hp`) AS `lhp` FROM `cars` ORDER BY `model` LIMIT 4",
    "mutate twice": q("""SELECT `q01`.*, `a` + 1.0 AS `b` FROM (SELECT `cars`.*, `cyl` / 2.0 AS `a` FROM `cars`) `q01` ORDER BY `b`, `model` LIMIT 4"""),
    "filter": "SELECT `cars`.* FROM `cars` WHERE (`hp` > 100.0) AND (`am` = 1.0 OR NOT((`wt` IS NULL))) ORDER BY `hp` DESC",
    "in": "SELECT `model` FROM `cars` WHERE (`cyl` IN (4.0, 6.0)) AND (`model` LIKE '%1%') ORDER BY `model`",
    "group": q("""SELECT `cyl`, AVG(`mpg`) AS `mpg`, COUNT(*) AS `n`, SUM(CAST((`wt` IS NULL) AS INT)) AS `missing` FROM `cars` GROUP BY `cyl`
        HAVING (COUNT(*) > 2.0) ORDER BY `cyl`"""),
    "group by two": q("""SELECT `cyl`, `am`, PERCENTILE(`hp`, 0.5) AS `med`, STDDEV_SAMP(`mpg`) AS `sd`, COUNT(DISTINCT `model`) AS `k` FROM `cars`
        GROUP BY `cyl`, `am` ORDER BY `cyl`, `am`"""),
    "window": q("""SELECT `model`, `r` FROM (SELECT `cars`.*, ROW_NUMBER() OVER (PARTITION BY `cyl` ORDER BY `mpg` DESC) AS `r` FROM `cars`) `q01`
        WHERE (`r` <= 2) ORDER BY `model`"""),
    "running": q("""SELECT `model`, SUM(`hp`) OVER (PARTITION BY `cyl` ORDER BY `mpg` ROWS UNBOUNDED PRECEDING) AS `s`,
        LAG(`hp`, 1, NULL) OVER (PARTITION BY `cyl` ORDER BY `mpg`) AS `before`, `hp` - AVG(`hp`) OVER (PARTITION BY `cyl`) AS `d`,
        NTILE(4) OVER (ORDER BY `hp`) AS `quarter`, PERCENT_RANK() OVER (ORDER BY `hp`) AS `p` FROM `cars` ORDER BY `model` LIMIT 8"""),
    "case": q("""SELECT `model`, CASE WHEN (`hp` < 100.0) THEN 'weak' WHEN (`hp` < 200.0) THEN 'fair' WHEN NOT ((`hp` < 200.0)) THEN 'strong' END AS `how`,
        CASE WHEN ((`am` = 1.0)) THEN 'manual' ELSE NULL END AS `gears`, COALESCE(`wt`, -1.0) AS `wt`, CAST(`hp` AS INT) AS `whole` FROM `cars` ORDER BY `model` LIMIT 12"""),
    "left join": q("""SELECT `LHS`.`model` AS `model`, `LHS`.`cyl` AS `cyl`, `maker name` FROM `cars` AS `LHS` LEFT JOIN `makers` AS `RHS`
        ON (`LHS`.`cyl` = `RHS`.`cyl`) ORDER BY `model` LIMIT 5"""),
    "full join": q("""SELECT COALESCE(`LHS`.`cyl`, `RHS`.`cyl`) AS `cyl`, COUNT(`model`) AS `n` FROM `cars` AS `LHS` FULL JOIN `makers` AS `RHS`
        ON (`LHS`.`cyl` = `RHS`.`cyl`) GROUP BY COALESCE(`LHS`.`cyl`, `RHS`.`cyl`) ORDER BY `cyl`"""),
    "semi join": q("""SELECT `LHS`.* FROM `makers` AS `LHS` WHERE EXISTS (SELECT 1 FROM `cars` AS `RHS` WHERE (`LHS`.`cyl` = `RHS`.`cyl`)) ORDER BY `cyl`"""),
    "anti join": "SELECT `LHS`.* FROM `makers` AS `LHS` WHERE NOT EXISTS (SELECT 1 FROM `cars` AS `RHS` WHERE (`LHS`.`cyl` = `RHS`.`cyl`))",
    "union": q("""(SELECT `model`, `hp` FROM `cars` WHERE (`hp` < 60.0)) UNION ALL (SELECT `model`, `hp` FROM `cars` WHERE (`hp` > 320.0)) ORDER BY `hp`"""),
    "distinct": "SELECT DISTINCT `cyl`, `am` FROM `cars` ORDER BY `cyl`, `am`",
    "text": q("""SELECT CONCAT_WS(' ', `model`, '!') AS `a`, UPPER(`model`) AS `b`, SUBSTR(`model`, 5, 10) AS `c`, LENGTH(`model`) AS `d`, `model` RLIKE '1$' AS `e`,
        REGEXP_REPLACE(`model`, '[0-9]+', '#') AS `f` FROM `cars` ORDER BY `model` LIMIT 3"""),
    "deep": q("""SELECT `cyl`, `n` FROM (SELECT `cyl`, COUNT(*) AS `n` FROM (SELECT `q02`.* FROM (SELECT `q01`.*, RANK() OVER (PARTITION BY `am` ORDER BY `hp` DESC)
        AS `col01` FROM (SELECT `cars`.*, `hp` / `wt` AS `power` FROM `cars` WHERE (NOT((`wt` IS NULL)))) `q01`) `q02` WHERE (`col01` <= 7)) `q03` GROUP BY `cyl`) `q04`
        ORDER BY `n` DESC, `cyl`"""),
}


def program(spark, folder):
    catalog = spark.catalog
    spark.conf.set("spark.sql.session.localRelationCacheThreshold", 1048576)
    yield "threshold", lambda: spark.conf.get("spark.sql.session.localRelationCacheThreshold")
    yield "version", lambda: spark.version.split(".")[:2]
    yield "exists not", lambda: catalog.tableExists("cars")
    yield "drop what is not", lambda: catalog.dropTempView("cars")
    spark.createDataFrame(CARS).createOrReplaceTempView("cars_tmp")
    spark.createDataFrame(MAKERS).repartition(2).createOrReplaceTempView("makers")
    yield "cache", spark.sql("CACHE TABLE `cars` OPTIONS('storageLevel' 'MEMORY_AND_DISK') SELECT * FROM `cars_tmp`")
    yield "cache again", lambda: spark.sql("CACHE TABLE `cars` OPTIONS('storageLevel' 'MEMORY_AND_DISK') SELECT * FROM `cars_tmp`").collect()
    yield "is cached", lambda: [catalog.isCached("cars"), catalog.isCached("makers"), catalog.tableExists("cars")]
    yield "no such level", lambda: spark.sql("CACHE TABLE x OPTIONS('storageLevel' 'MEMORY_AND_TAPE') SELECT 1 AS a").collect()
    yield "names", lambda: spark.table("cars").columns
    yield "types", lambda: [list(t) for t in spark.table("makers").dtypes]
    for name, text in DPLYR.items():
        yield f"dplyr, {name}", spark.sql(text)
    yield "explain", lambda: spark.sql("EXPLAIN " + DPLYR["group"]).columns
    kept = spark.table("cars").repartition(4).persist(StorageLevel.MEMORY_AND_DISK)
    yield "persisted", lambda: [kept.count(), str(kept.storageLevel), kept.is_cached]
    yield "unpersisted", lambda: [str(kept.unpersist().storageLevel), kept.is_cached]
    yield "SHOW TABLES", lambda: [spark.sql("SHOW TABLES").columns, [tuple(r) for r in spark.sql("SHOW TABLES").collect() if r.tableName in ("cars", "makers")]]
    yield "SHOW DATABASES", lambda: [spark.sql("SHOW DATABASES").columns, spark.sql("SHOW DATABASES LIKE 'default'").collect()]
    yield "SHOW CATALOGS", lambda: [spark.sql("SHOW CATALOGS").columns, [r[0] for r in spark.sql("SHOW CATALOGS LIKE 'spark*'").collect()]]
    yield "SHOW COLUMNS", spark.sql("SHOW COLUMNS IN makers")
    yield "current", lambda: [spark.sql("SELECT current_catalog(), current_database()").collect(), catalog.currentCatalog(), catalog.currentDatabase()]
    yield "listTables", lambda: sorted(t.name for t in catalog.listTables() if t.isTemporary)
    df = spark.table("cars")
    yield "sample of all", lambda: df.sample(False, 1.0, 1).count()
    yield "sample of some", lambda: 2 < spark.range(1000).sample(False, 0.1, 42).count() < 300
    yield "sample with replacement", lambda: 400 < spark.range(1000).sample(True, 1.0, 7).count() < 1600
    yield "sample names", lambda: df.sample(withReplacement=False, fraction=0.3, seed=3).columns
    yield "split", lambda: sum(p.count() for p in spark.range(100).randomSplit([0.7, 0.3], 11))
    yield "quantiles", lambda: df.approxQuantile(["hp", "mpg"], [0.0, 0.5, 1.0], 0.0)
    yield "summary", df.summary("count", "mean", "min", "50%", "max")
    yield "pivot", df.groupBy("cyl").pivot("am").agg(F.count(F.lit(1))).orderBy("cyl")
    yield "drop missing", lambda: [df.dropna().count(), df.fillna({"wt": 0.0}).agg(F.sum("wt")).collect()[0][0], df.replace(4.0, 5.0, ["cyl"]).where("cyl = 5").count()]
    yield "as pandas", lambda: steps.printed(print, df.orderBy("model").limit(3).toPandas().to_string())
    yield "pages", lambda: [r.model for r in df.orderBy("hp").offset(4).limit(3).collect()]

    few = df.select("model", "hp", "cyl", "wt").where("hp < 100").coalesce(1)
    few.write.mode("overwrite").csv(f"{folder}/csv", header=True, sep=",", quote='"', escape="\\")
    few.write.format("json").mode("error").save(f"{folder}/json")
    few.write.format("parquet").partitionBy("cyl").mode("append").save(f"{folder}/parquet")
    few.select("model").write.format("text").mode("overwrite").save(f"{folder}/text")
    yield "write again", lambda: few.write.format("json").mode("error").save(f"{folder}/json")
    yield "csv", spark.read.csv(f"{folder}/csv", header=True, inferSchema=True).orderBy("model")
    yield "json", spark.read.json(f"{folder}/json").orderBy("model")
    yield "parquet", spark.read.parquet(f"{folder}/parquet").orderBy("model")
    yield "text", spark.read.text(f"{folder}/text").orderBy("value")
    yield "write a table", lambda: few.write.format("parquet").mode("overwrite").saveAsTable("pzprog_few")
    yield "append to it", lambda: few.write.mode("append").insertInto("pzprog_few")
    yield "the table", spark.sql("SELECT `cyl`, COUNT(*) AS `n`, MAX(`hp`) AS `hp` FROM `pzprog_few` GROUP BY `cyl` ORDER BY `cyl`")
    yield "replace it", lambda: few.limit(1).write.format("parquet").mode("overwrite").saveAsTable("pzprog_few")
    yield "the new table", spark.sql("SELECT * FROM `pzprog_few`")
    yield "uncache", lambda: [spark.sql("UNCACHE TABLE `cars`").collect(), catalog.isCached("cars"), catalog.tableExists("cars")]
    yield "drop", lambda: [spark.sql("DROP TABLE IF EXISTS `pzprog_few`").collect(), catalog.dropTempView("cars"), catalog.dropTempView("makers"),
                           catalog.dropTempView("cars_tmp"), catalog.tableExists("pzprog_few")]
    yield "gone", lambda: spark.sql("SELECT * FROM `cars`").collect()


def test_sparklyr(new_session, tmp_path):
    wrong = steps.differences("sparklyr", steps.run(new_session(), program, str(tmp_path)))
    assert not wrong, "\n".join(wrong)
