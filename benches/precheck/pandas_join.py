"""The question of the pre-check with data frames: whose rows are a protected person's, and what does their remark say."""
import sys
import time

import pandas

told, listed, protections = sys.argv[1:]
begin = time.perf_counter()
names = ["seq", "name", "id", "unit", "post", "grade", "remark"]
rows = pandas.read_csv(listed, skiprows=2, header=None, names=names, dtype=str, keep_default_na=False)
protected = pandas.read_csv(protections, dtype=str, keep_default_na=False)
rows["id"] = rows["id"].str.replace(r"\s", "", regex=True).str.upper()
by_id = rows.merge(protected, on="id", suffixes=("", "_protected"))
without = rows[rows["id"] == ""]
by_name = without.merge(protected.drop(columns="id"), on=["name", "unit"])
found = pandas.concat([by_id, by_name])
found["adverse"] = found["grade"].str.contains("不称职|基本称职|不合格|未定等次")
found["implied"] = found["remark"].str.contains("问责|追责|处分|失职|违规")
found["explicit"] = [matter in remark for matter, remark in zip(found["matter"], found["remark"])]
seconds = time.perf_counter() - begin
assert len(found)
with open(told, "w") as out:
    out.write(str(seconds))
