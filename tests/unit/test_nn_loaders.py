"""Data from files and arrays."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.loaders import from_arrays, load_csv

IRIS = "sepal,petal,kind\n5.1,1.4,setosa\n7.0,4.7,versicolor\n\n 6.3 ,6e0, setosa \n"


@pytest.fixture
def file(tmp_path):
    def write(text, name="data.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return write


def test_labels_become_classes(file):
    data = load_csv(file(IRIS), target="kind")
    assert list(data) == [[[5.1, 1.4], [7.0, 4.7], [6.3, 6.0]], [0, 1, 0]]
    assert (data.name, data.classes, data.features) == ("data.csv", ("setosa", "versicolor"), ("sepal", "petal"))
    assert data == load_csv(str(file(IRIS))) == load_csv(file(IRIS), -1, header=True) == load_csv(file(IRIS), 2)
    assert load_csv(file(IRIS.replace(",", ";")), delimiter=";") == data
    assert load_csv(file("\ufeff" + IRIS), "kind") == data
    assert load_csv(file(IRIS.replace("\n", "\r\n"))) == data
    assert load_csv(file(IRIS.split("\n", 1)[1])).inputs == data.inputs  # without a header


def test_the_target_may_be_any_column_and_a_number(file):
    path = file("y,x1,x2\n1,0.5,1\n0,2,3\n")
    data = load_csv(path, target="y")
    assert list(data) == [[[0.5, 1.0], [2.0, 3.0]], [1, 0]] and data.classes == () and type(data.targets[0]) is int
    assert load_csv(path, 0) == data and load_csv(path, -3) == data
    assert load_csv(path, "x1").targets == [0.5, 2.0] and type(load_csv(path, "x1").targets[1]) is float
    assert load_csv(file("1,-2\n3,+4\n")).targets == [-2, 4]
    assert load_csv(file("1,1e2\n3,4\n")).targets == [100.0, 4.0]


def test_header_or_not(file):
    assert len(load_csv(file("1,2\n3,4\n"))) == 2
    assert len(load_csv(file("1,2\n3,4\n"), header=True)) == 1
    assert load_csv(file("1,2\n3,4\n"), "2").features == ("1",)  # a name means that there are names
    assert load_csv(file("a,b\n3,4\n")).features == ("a",)
    with pytest.raises(ValueError, match=r"is line 1, a, 1990, y, data or names\? Say header=False or header=True"):
        load_csv(file("a,1990,y\n1,2,3\n"))
    assert load_csv(file("a,1990,y\n1,2,3\n"), header=True).features == ("a", "1990")
    with pytest.raises(ValueError, match="without a header columns have no names"):
        load_csv(file("a,b\n1,2\n"), "b", header=False)


@pytest.mark.parametrize(
    "text, target, words",
    [
        ("", -1, "data.csv is empty"),
        ("\n \n,,\n", -1, "data.csv is empty"),
        ("a,b\n", -1, "has a header and no data below it"),
        ("a,b\n1,2\n3\n", -1, "data.csv, line 3 has 1 cells, and there are 2 columns"),
        ("a,b\n1,2\n3,4,5\n", -1, "line 3 has 3 cells"),
        ("a,b\n\n1,2\nx,4\n", -1, "line 4: column a holds 'x', which is no number"),
        ("a,b\n1,2\n,4\n", -1, "line 3: column a is empty"),
        ("a,b\nnan,2\n", -1, "line 2: column a is nan: leave the line out"),
        ("a,b\n1,inf\n", -1, "line 2: column b is inf"),
        ("a,b\n1_0,2\n", -1, "line 2: column a holds '1_0'"),
        ("a,b\n1,2\n2,N/A\n", -1, "line 3: column b holds 'N/A', which is no number"),
        ("a,b\n1,yes\n2,\n", -1, "line 3: column b is empty"),
        ("1,2\n3,4,5\n", 1, "line 2 has 3 cells"),
        ("1,2\n3,x\n", 0, "line 2: column 1 holds 'x'"),
        ("a,b\n1,2\n", "c", "has no column named 'c'; its first line is a, b"),
        ("a,a\n1,2\n", "a", "has several columns named 'a'"),
        ("a,b\n1,2\n", 2, "has 2 columns: the target's place is from 0 to 1, or -1"),
        ("a,b\n1,2\n", -3, "has 2 columns"),
        ("a\n1\n", "a", "has one column, the target a: there is nothing to learn it from"),
        ('a,b\n1,"2\n', -1, "line 2 is not CSV: unexpected end of data"),
        ('a,b\n"1"x,2\n', -1, "line 2 is not CSV"),
        (b"a,b\n1,2\n\xff,3\n", -1, "not utf-8-sig text; name its encoding"),
        ('a,b\n"1\n2",3\n', -1, r"line 3: column a holds '1\\n2'"),
    ],
)
def test_bad_files_are_told_by_line_and_column(file, text, target, words):
    with pytest.raises(ValueError, match=words):
        load_csv(file(text), target=target)


def test_a_missing_file_and_another_encoding(file, tmp_path):
    with pytest.raises(FileNotFoundError):
        load_csv(tmp_path / "none.csv")
    assert load_csv(file("größe,art\n1,ä\n", encoding="latin-1"), encoding="latin-1").classes == ("ä",)


def test_nothing_is_run(file, tmp_path):
    marker = tmp_path / "ran"
    text = f"a,b\n1,__import__('pathlib').Path({str(marker)!r}).touch()\n".replace("'", "")
    assert load_csv(file(text)).targets == [0] and not marker.exists()
    assert load_csv(file('a,b\n1,"=1+1"\n')).classes == ("=1+1",)


@given(st.lists(st.tuples(st.floats(allow_nan=False, allow_infinity=False), st.integers(-5, 5)), min_size=1, max_size=5))
def test_floats_go_round_bit_for_bit(tmp_path_factory, table):
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    path.write_text("x,y\n" + "".join(f"{x!r},{y}\n" for x, y in table))
    X, y = load_csv(path)
    assert [(row[0].hex(), t) for row, t in zip(X, y, strict=True)] == [(x.hex(), t) for x, t in table]


def test_arrays():
    data = from_arrays(np.array([[1.5], [2.5]]), np.array([1, 0]), name="mine")
    assert list(data) == [[[1.5], [2.5]], [1, 0]] and data.name == "mine" and type(data.targets[0]) is int
    named = from_arrays([[1], [2], [3]], np.array(["b", "a", "b"]))
    assert named.targets == [1, 0, 1] and named.classes == ("a", "b")
    assert from_arrays([[1], [2]], ["b", "a"], classes=("b", "a")).targets == [0, 1]
    assert from_arrays([[1]], [1], classes=("a", "b")).classes == ("a", "b")
    assert from_arrays([[1]], [[0.5, 2]]).targets == [[0.5, 2]]
    with pytest.raises(ValueError, match="the target of row 1 is 'c', which is not among the classes b, a"):
        from_arrays([[1], [2]], ["b", "c"], classes=("b", "a"))
    with pytest.raises(TypeError, match="row 1 of the targets: expected .* got 'a'"):
        from_arrays([[1], [2]], [1, "a"])
    with pytest.raises(ValueError, match="row 0 of the inputs is 1.0: a row is a list of one number or more"):
        from_arrays(np.array([1.0]), [1])
    with pytest.raises(ValueError, match="place 0 is nan"):
        from_arrays(np.array([[math.nan]]), [1])
