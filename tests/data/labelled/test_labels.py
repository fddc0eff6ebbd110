"""Labels of any kind and form become classes in a fixed order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewlab.data.labelled.labels import LabelRule, classes_of
from reviewlab.data.labelled.pieces import Piece, Rows
from reviewlab.data.labelled.values import label_name
from reviewlab.exceptions import InputError

LINES = range(2, 10_000)


def apply(values, names=None, mapping=None):
    rule = LabelRule("label", names, mapping or {})
    return rule.apply(values, Rows([Piece("data.source", "x.csv", None, {}, LINES)]).refuse)


def classes(values, **options):
    return apply(values, **options).classes


def refusal(values, **options):
    with pytest.raises(InputError) as raised:
        apply(values, **options)
    line = str(raised.value)
    assert "\n" not in line
    return line


@pytest.mark.parametrize(
    ("values", "names", "ordinal"),
    [
        (["good", "bad"], ("bad", "good"), False),
        (["b", "A", "c", "a"], ("A", "a", "b", "c"), False),
        (["sehr gut", "übel"], ("sehr gut", "übel"), False),
        ([10, 9, 1], ("1", "9", "10"), True),
        (["10", "9", "1"], ("1", "9", "10"), True),
        ([4.0, 2.0], ("2", "4"), True),
        (["4.0", "2", "-1", "+3"], ("-1", "2", "3", "4"), True),
        ([True, False], ("false", "true"), False),
        (["True", "FALSE", "true"], ("false", "true"), False),
        (["2", "ten"], ("2", "ten"), False),
    ],
)
def test_numbers_come_by_size_and_words_by_the_alphabet(values, names, ordinal):
    assert classes(values) == (names, ordinal)


def test_a_label_is_an_index_and_a_missing_one_is_left_out():
    labels = apply(["good", None, " bad ", "", float("nan"), "good"])
    assert labels.numbers.tolist() == [1, -1, 0, -1, -1, 1]
    assert labels.notes == ["left out: 3 reviews without a label"]


def test_names_that_are_given_decide_the_order():
    assert classes(["ok", "bad"], names=["bad", "ok", "good"]) == (("bad", "ok", "good"), False)
    assert classes(["0.5", "1"], names=[0.5, 1, 1.5]) == (("0.5", "1", "1.5"), True)
    assert not classes_of([3, 1, 2]).ordinal


def test_a_label_that_is_not_among_the_names_is_refused_with_its_line():
    line = refusal(["good", "god"], names=["bad", "good"])
    assert line == (
        "data.source: 'x.csv' line 3: 'label' is 'god'; did you mean 'good'? allowed: bad, good;"
        ' to leave it out, set "data.label_map={god: null}"'
    )
    assert "\"data.label_map=[['schön so',null]]\"" in refusal(["schön so"], names=["a", "b"])


def test_all_rows_with_other_labels_are_named_at_once_with_one_remedy():
    line = refusal(["good", "god", "ok", "bad", "ok"], names=["bad", "good"])
    assert "line 3: 'label' is 'god'" in line
    assert line.endswith('"data.label_map={god: null, ok: null}"; see also lines 4, 6')
    assert refusal(["a", ["a"], "b", {}]).endswith("; see also line 5")


def test_labels_are_renamed_brought_together_and_left_out():
    labels = apply(["1", "2", "3", "4", "5"], mapping={1: "bad", "2": "bad", 3.0: None, "9": "x"})
    assert labels.classes.names == ("4", "5", "bad")
    assert labels.numbers.tolist() == [2, 2, -1, 0, 1]
    assert labels.notes == [
        "left out: 1 review by data.label_map",
        "data.label_map: no review is labelled 9",
    ]


def test_words_that_become_numbers_have_an_order():
    mapping = {"bad": 1, "ok": 2, "good": 3}
    assert classes([*mapping], mapping=mapping) == (("1", "2", "3"), True)


def test_fifty_classes_are_allowed_and_more_may_be_no_label():
    assert len(classes([f"c{n}" for n in range(49)]).names) == 49
    assert len(classes([*range(50)]).names) == 50
    line = refusal([f"c{n}" for n in range(51)])
    assert "has 51 different values (c0, c1, c10, ...)" in line
    assert "allowed: at most 50" in line


def test_one_class_and_none_are_refused():
    assert "'label' is 'good' in every row; allowed: at least two" in refusal(["good", "good"])
    assert "'label' has no label" in refusal([None, ""])


def test_fractions_are_refused_and_the_remedy_works():
    line = refusal([1, 0.5, 2.5])
    assert "line 3: 'label' is 0.5, and fractions are not classes" in line
    assert line.endswith("data.label_names=[0.5,1,2.5]")
    assert classes([1, 0.5, 2.5], names=[0.5, 1, 2.5]).ordinal
    many = refusal([n / 100 for n in range(100)])
    assert many.endswith("or turn the numbers into classes in the file")


@pytest.mark.parametrize("value", [["a", "b"], {"a": 1}])
def test_several_labels_a_row_are_refused(value):
    assert "line 3: 'label' is " in refusal(["a", value])


@given(
    st.lists(
        st.one_of(st.integers(-(10**6), 10**6), st.booleans(), st.text(max_size=9)),
        min_size=2,
        max_size=40,
    )
)
def test_whatever_the_labels_are_each_row_has_the_class_of_its_value(values):
    names = {label_name(value) for value in values} - {None}
    if len(names) < 2 or all("." in name for name in names):
        return
    try:
        labels = apply(values)
    except InputError as error:
        assert "fraction" in str(error)
        return
    assert {*labels.classes.names} == names
    for value, number in zip(values, labels.numbers.tolist(), strict=True):
        assert label_name(value) == (None if number < 0 else labels.classes.names[number])


@given(st.integers(-(10**15), 10**15))
def test_a_whole_number_is_one_class_in_every_form(number):
    forms = [number, str(number), float(number), f"{number}.0", f" {number} "]
    assert {label_name(form) for form in forms} == {str(number)}
