"""The question of the pre-check in SQL: whose rows are a protected person's, and what does their remark say."""
import sys
import time

import duckdb

told, listed, protections = sys.argv[1:]
begin = time.perf_counter()
base = duckdb.connect()
rows = base.execute(
    r"""
    WITH list AS (
        SELECT row_number() OVER () + 2 AS row, *
        FROM read_csv(?, skip = 2, header = false, all_varchar = true,
                      names = ['seq', 'name', 'id', 'unit', 'post', 'grade', 'remark'])
    ), protected AS (
        SELECT * FROM read_csv(?, header = true, all_varchar = true)
    )
    , found AS (
        SELECT list.*, protected.case_no, protected.matter FROM list
        JOIN protected ON regexp_replace(upper(list.id), '\s', '', 'g') = protected.id
        UNION ALL
        SELECT list.*, protected.case_no, protected.matter FROM list
        JOIN protected ON regexp_replace(list.name, '\s', '', 'g') = protected.name AND list.unit = protected.unit
        WHERE list.id IS NULL
    )
    SELECT row, name, case_no,
           CASE WHEN regexp_matches(grade, '不称职|基本称职|不合格|未定等次') THEN 'adverse' ELSE 'other' END,
           CASE WHEN contains(coalesce(remark, ''), matter) THEN 'explicit'
                WHEN regexp_matches(coalesce(remark, ''), '问责|追责|处分|失职|违规') THEN 'implied'
                WHEN coalesce(remark, '') = '' THEN 'none'
                ELSE 'independent' END
    FROM found
    """,
    [listed, protections],
).fetchall()
seconds = time.perf_counter() - begin
assert rows
with open(told, "w") as out:
    out.write(str(seconds))
