"""The scripts that draw pictures for the documents find the mistakes that they hand in."""

from grader.course import find_course, load_question


def test_the_submission_of_the_screenshots_is_made(script, tmp_path):
    course = find_course("tp2")
    script("screenshots").submit(course, tmp_path)
    assert len(list(tmp_path.glob("*.py"))) == len(course.questions)


def test_the_mistakes_of_the_recording_are_the_courses(script):
    from grader.checks._declare import mistake_info

    course = find_course("tp2")
    for name, mistake in script("recording")._MISTAKES.items():
        trusted = load_question(course, course.question(name))
        assert mistake in {mistake_info(variant).id for variant in trusted.mistakes}
