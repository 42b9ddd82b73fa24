"""What is built is what is committed, and building is the same every time and everywhere."""

import json

import pytest

from minigrad.course import build
from minigrad.course.build_lesson import build_lesson
from minigrad.course.built import BuildError
from minigrad.course.exercise import registry
from minigrad.course.files import course_folder

LESSON = """\
# %% [markdown]
# # A lesson

# %%
print("one")
1 + 1

# %%
print("one")
1 + 1
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built")
    build.build(course_folder(), folder)
    return build.files(folder)


def lesson(folder, text):
    source = folder / "00_probe.py"
    source.write_text(text, encoding="utf-8")
    return build_lesson(source)


def cells(text):
    return json.loads(text)["cells"]


def test_what_is_committed_is_what_the_sources_give(built):
    assert build.differences(build.files(course_folder()), built) == {}


def test_building_again_gives_the_same_bytes(built, tmp_path):
    build.build(course_folder(), tmp_path, ["01"])
    again = build.files(tmp_path)
    assert len(again) == 3 and all(built[path] == content for path, content in again.items())


def test_every_exercise_is_in_its_notebook_with_its_points(built):
    for exercise in registry().values():
        [path] = [path for path in built if path.startswith(f"exercises/{exercise.lesson}_")]
        marks = [cell["metadata"]["nbgrader"] for cell in cells(built[path])]
        ours = [mark for mark in marks if mark["grade_id"].startswith(exercise.cell_prefix)]
        points = [mark["points"] for mark in ours if mark["grade"]]
        assert points == [exercise.points, exercise.points]


def test_differences_name_what_is_missing_left_over_and_changed():
    committed = {"same": b"1", "old": b"1", "changed": b"1\n2\n3", "longer": b"1\n2"}
    assert build.differences(committed, {"same": b"1", "new": b"1", "changed": b"1\n5\n3", "longer": b"1"}) == {
        "changed": "differs from line 2 on",
        "longer": "differs from line 2 on",
        "new": "is missing",
        "old": "has no source",
    }


@pytest.fixture
def small_course(tmp_path, monkeypatch):
    """A course whose build takes no time: one notebook that is out of date, one that has no source any more."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks/01_a.ipynb").write_text("old")
    (tmp_path / "notebooks/02_b.ipynb").write_text("left over")

    def build_quickly(course, into, lessons):
        (into / "notebooks").mkdir()
        (into / "notebooks/01_a.ipynb").write_text("new")

    monkeypatch.setattr(build, "course_folder", lambda: tmp_path)
    monkeypatch.setattr(build, "build", build_quickly)
    return tmp_path


def test_one_lesson_is_built_alone(tmp_path):
    (tmp_path / "notebooks").mkdir()
    for name in ("97_one", "98_other"):
        (tmp_path / "notebooks" / f"{name}.py").write_text(LESSON, encoding="utf-8")
    into = tmp_path / "built"
    into.mkdir()
    build.build(tmp_path, into, ["98"])
    assert list(build.files(into)) == ["notebooks/98_other.ipynb"]
    assert list(build.files(into, ["97"])) == []


def test_a_lesson_that_is_not_there_is_said_so(small_course, capsys):
    with pytest.raises(SystemExit):
        build.main(["77"])
    assert "there is no lesson 77 in" in capsys.readouterr().err


def test_check_writes_nothing_and_fails(small_course, capsys):
    assert build.main(["--check"]) == 1
    assert capsys.readouterr().out.splitlines()[:2] == [
        "notebooks/01_a.ipynb differs from line 1 on", "notebooks/02_b.ipynb has no source"
    ]
    assert build.files(small_course) == {"notebooks/01_a.ipynb": b"old", "notebooks/02_b.ipynb": b"left over"}


def test_building_writes_what_changed_and_removes_what_has_no_source(small_course):
    assert build.main([]) == 0
    assert build.files(small_course) == {"notebooks/01_a.ipynb": b"new"}
    assert build.main(["--check"]) == 0


def test_outputs_are_stored_and_no_two_cells_share_an_id(tmp_path):
    made = cells(lesson(tmp_path, LESSON))
    assert [output.get("text") or output["data"]["text/plain"] for output in made[1]["outputs"]] == [["one\n"], ["2"]]
    assert len({cell["id"] for cell in made}) == 3


def test_a_new_cell_changes_no_other_cells_id(tmp_path):
    before = {cell["id"] for cell in cells(lesson(tmp_path, LESSON))}
    after = {cell["id"] for cell in cells(lesson(tmp_path, LESSON.replace("# %%\n", "# %%\nx = 1\n\n# %%\n", 1)))}
    assert before < after


def test_a_widget_is_not_stored(tmp_path):
    text = lesson(tmp_path, "# %%\nfrom ipywidgets import IntSlider\nIntSlider()\n")
    assert "widget-view" not in text and "widgets" not in json.loads(text)["metadata"]


@pytest.mark.parametrize(
    "code, complaint",
    [
        ("1 / 0", "ZeroDivisionError"),
        ("print(object())", "an address"),
        ("import sys; print(sys.executable)", "a path"),
        ("import warnings; warnings.warn('careful')", "a path"),
    ],
)
def test_a_cell_that_fails_or_prints_what_differs_elsewhere_is_refused(tmp_path, code, complaint):
    with pytest.raises(BuildError, match=complaint):
        lesson(tmp_path, f"# %%\n{code}\n")
