"""The untrusted half: imports a submission and answers calls about it.

Nothing in grader imports this package, and of grader it imports :mod:`grader.wire` alone.  Whatever it says
is a claim: the grading process counts only values that it compares itself.
"""
