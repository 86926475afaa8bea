"""Kyrgyz formats; Django's own have a decimal point where Kyrgyz and Russian write a comma.

E is the month with its possessive ending, and U+2011 the hyphen that no line breaks at, as in lms.common.dates.
"""

DATE_FORMAT = "Y\u2011жылдын j\u2011E"
SHORT_DATE_FORMAT = "d.m.Y"
DATETIME_FORMAT = "Y\u2011жылдын j\u2011E, H:i"
SHORT_DATETIME_FORMAT = "d.m.Y H:i"
TIME_FORMAT = "H:i"
MONTH_DAY_FORMAT = "j\u2011E"
YEAR_MONTH_FORMAT = "Y\u2011жылдын E"
FIRST_DAY_OF_WEEK = 1
DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = "\xa0"
NUMBER_GROUPING = 3
DATE_INPUT_FORMATS = ["%d.%m.%Y", "%Y-%m-%d"]
TIME_INPUT_FORMATS = ["%H:%M"]
DATETIME_INPUT_FORMATS = ["%d.%m.%Y %H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"]
