people = spark.createDataFrame([("Ann", "hr", 30), ("Bob", "it", 25), ("Cid", "it", None), ("Dee", None, 33)], "name string, dept string, age int")
depts = spark.createDataFrame([("hr", "People"), ("it", "Tech"), ("xx", "None")], ["dept", "title"])

# ---- with_relations/scalar
people.select("name", depts.agg(F.max("title")).scalar().alias("m"))

# ---- with_relations/scalar_correlated
people.select("name", depts.where(F.col("dept") == F.col("dept").outer()).select(F.max("title")).scalar().alias("t"))

# ---- with_relations/scalar_in_filter
people.filter(F.col("age") > people.agg(F.avg("age")).scalar())

# ---- with_relations/scalar_many_rows
people.select(depts.select("title").scalar()).collect()

# ---- with_relations/scalar_many_columns
people.select(depts.scalar())

# ---- with_relations/exists
people.where(depts.where(F.col("dept") == F.col("dept").outer()).exists())

# ---- with_relations/not_exists
people.where(~depts.where(F.col("dept") == F.col("dept").outer()).exists())

# ---- with_relations/in
people.where(F.col("dept").isin(depts.select("dept")))

# ---- with_relations/not_in
people.where(~F.col("dept").isin(depts.where("dept = 'hr'").select("dept")))

# ---- with_relations/in_two_columns
people.where(F.struct(F.col("dept"), F.col("name")).isin(people.select("dept", "name").where("age = 25")))

# ---- with_relations/in_column_count
people.where(F.col("dept").isin(depts))

# ---- with_relations/nested
people.where(F.col("dept").isin(depts.where(F.col("title") == depts.agg(F.max("title")).scalar()).select("dept")))

# ---- with_relations/sql_references
spark.sql("SELECT p.name, d.title FROM {p} p JOIN {d} d USING (dept)", p=people, d=depts)

# ---- with_relations/view_over_frame
people.createOrReplaceTempView("frames_people")
spark.sql("SELECT dept, count(*) n FROM frames_people GROUP BY dept")
