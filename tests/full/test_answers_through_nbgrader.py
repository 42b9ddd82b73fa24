"""Every wrong and every other right answer that the exercises know goes through nbgrader as a student's would."""

import pytest
from nbgrading import (
    TOPICS,
    assert_other_right_answers_get_full_marks,
    assert_wrong_answers_are_refused_with_their_own_messages,
    with_every_answer,
)


@pytest.mark.parametrize("topic", TOPICS)
def test_each_answer_is_told_apart(topic, tmp_path):
    graded = with_every_answer(topic, tmp_path)
    assert_wrong_answers_are_refused_with_their_own_messages(graded)
    assert_other_right_answers_get_full_marks(graded)
