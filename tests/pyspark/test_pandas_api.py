"""pandas on Spark against pandas itself: what is equal on real Spark too (PIEZO_URL).  Functions of the user's own need Python workers."""
import warnings

import numpy as np
import pandas as pd
import pytest

DATA = {"a": [1, 2, 3, 4, 5, 6], "b": [10.5, None, 30.0, 40.0, 50.0, 60.25], "c": ["x", "y", "x", None, "z", "y"],
        "d": pd.to_datetime(["2020-01-01", "2020-02-01", "2020-03-05", "2021-01-01", "2021-06-01", None])}

CASES = {
    "head": lambda m, f: f.head(3),
    "sort": lambda m, f: f.sort_values("b", ascending=False),
    "group": lambda m, f: f.groupby("c").agg({"a": "sum", "b": "mean"}).sort_index(),
    "group_many": lambda m, f: f.groupby("c")[["a", "b"]].agg(["min", "max"]).sort_index(),
    "group_std": lambda m, f: f.groupby("c")[["a"]].std().sort_index(),
    "group_prod": lambda m, f: f.groupby("c")[["a"]].prod().sort_index(),
    "counts": lambda m, f: f.c.value_counts().sort_index(),
    "means": lambda m, f: f.mean(numeric_only=True),
    "nulls": lambda m, f: f.isnull().sum(),
    "fill": lambda m, f: f.fillna({"b": 0, "c": "q"}),
    "ffill": lambda m, f: f.b.ffill(),
    "interpolate": lambda m, f: f.b.interpolate(),
    "drop": lambda m, f: f.dropna(),
    "merge": lambda m, f: f.merge(m.DataFrame({"c": ["x", "y"], "w": [1, 2]}), on="c").sort_values("a").reset_index(drop=True),
    "loc": lambda m, f: f.loc[f.a > 3, ["a", "c"]],
    "iloc": lambda m, f: f.iloc[1:3],
    "truncate": lambda m, f: f.truncate(1, 2),
    "query": lambda m, f: f.query("a > 2 and b < 60"),
    "upper": lambda m, f: f.c.str.upper(),
    "year": lambda m, f: f.d.dt.year,
    "corr": lambda m, f: f[["a", "b"]].corr(),
    "cov": lambda m, f: f[["a", "b"]].cov(),
    "std": lambda m, f: f[["a", "b"]].std(),
    "var": lambda m, f: f[["a", "b"]].var(ddof=0),
    "skew": lambda m, f: f.b.skew(),
    "kurt": lambda m, f: f[["a", "b"]].kurt(),
    "sem": lambda m, f: f[["a", "b"]].sem(),
    "prod": lambda m, f: f[["a", "b"]].prod(),
    "mode": lambda m, f: f.c.mode().sort_values().reset_index(drop=True),
    "cumsum": lambda m, f: f.a.cumsum(),
    "cumprod": lambda m, f: f.a.cumprod(),
    "shift": lambda m, f: f.a.shift(1),
    "shift_back": lambda m, f: f.b.shift(-2),
    "diff": lambda m, f: f[["a", "b"]].diff(),
    "pct_change": lambda m, f: f.a.pct_change(),
    "rolling": lambda m, f: f.a.rolling(2).sum(),
    "expanding": lambda m, f: f.a.expanding(2).mean(),
    "ewm": lambda m, f: f.b.ewm(alpha=0.3).mean(),
    "ewm_ignoring": lambda m, f: f.b.ewm(alpha=0.3, ignore_na=True).mean(),
    "monotonic": lambda m, f: (f.a.is_monotonic_increasing, f.a.is_monotonic_decreasing),
    "distinct": lambda m, f: f[["a", "b", "c"]].nunique(),
    "melt": lambda m, f: f.melt(id_vars="a", value_vars=["b"]),
    "transpose": lambda m, f: f[["a", "b"]].T,
    "assign": lambda m, f: f.assign(z=f.a * 2)[["a", "z"]],
    "where": lambda m, f: f.a.where(f.a > 2, 0),
    "clip": lambda m, f: f.a.clip(2, 4),
    "largest": lambda m, f: f.nlargest(2, "a"),
    "isin": lambda m, f: f.c.isin(["x"]),
    "duplicated": lambda m, f: f.c.duplicated(),
    "dummies": lambda m, f: m.get_dummies(f.c).astype(int),
    "explode": lambda m, f: m.DataFrame({"a": [[1, 2], [3]]}).explode("a").astype(int),
    "log": lambda m, f: np.log(f.a),
    "plus": lambda m, f: f.a + f.b,
    "idxmax": lambda m, f: f.a.idxmax(),
    "shape": lambda m, f: f.shape,
}


@pytest.fixture(scope="module")
def ps(spark):
    from pyspark.sql.connect.session import SparkSession

    before = getattr(SparkSession._active_session, "session", None)
    SparkSession._active_session.session = spark                # pandas on Spark works in the active session
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pyspark.pandas as module
        yield module
    SparkSession._active_session.session = before


def plain(v):
    return v.to_pandas() if hasattr(v, "to_pandas") else v


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", CASES)
def test_as_pandas(ps, name):
    want, got = CASES[name](pd, pd.DataFrame(DATA)), plain(CASES[name](ps, ps.DataFrame(DATA)))
    if isinstance(want, pd.DataFrame):
        pd.testing.assert_frame_equal(got.sort_index(), want.sort_index(), check_dtype=False, check_names=False, check_column_type=False, check_index_type=False)
    elif isinstance(want, pd.Series):
        pd.testing.assert_series_equal(got.sort_index(), want.sort_index(), check_dtype=False, check_names=False, check_index_type=False)
    elif isinstance(want, float):
        assert got == pytest.approx(want, rel=1e-12)
    else:
        assert got == want
