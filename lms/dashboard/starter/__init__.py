"""A demonstration: two organisations, everybody's account, a cohort in its second day and one that has ended.

Everything is done by the same actions that people use, each by whoever would do it and at the time when it would be
done.  The people are invented.
"""
