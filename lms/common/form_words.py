"""What Django's fields say of an answer that they do not take.  Nothing imports it: it is read by `make messages`.

What our catalogues have comes before Django's own, whose Kyrgyz says "thou" and lets words and numbers run together.
"""

from django.utils.translation import gettext_noop, ngettext_lazy

gettext_noop("This field is required.")
gettext_noop("- Select an option -")
gettext_noop("Enter a valid value.")
gettext_noop("Enter a valid email address.")
gettext_noop("Enter a valid “slug” consisting of letters, numbers, underscores or hyphens.")
gettext_noop("Enter a number.")
gettext_noop("Enter a whole number.")
gettext_noop("Enter a valid date.")
gettext_noop("Enter a valid time.")
gettext_noop("Enter a valid date/time.")
gettext_noop("Enter a list of values.")
gettext_noop("Null characters are not allowed.")
gettext_noop("No file was submitted.")
gettext_noop("No file was submitted. Check the encoding type on the form.")
gettext_noop("The submitted file is empty.")
gettext_noop("Select a valid choice. That choice is not one of the available choices.")
gettext_noop("Select a valid choice. %(value)s is not one of the available choices.")
gettext_noop("Ensure this value is less than or equal to %(limit_value)s.")
gettext_noop("Ensure this value is greater than or equal to %(limit_value)s.")
ngettext_lazy(
    "Ensure this value has at least %(limit_value)d character (it has %(show_value)d).",
    "Ensure this value has at least %(limit_value)d characters (it has %(show_value)d).",
    "limit_value",
)
ngettext_lazy(
    "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
    "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
    "limit_value",
)
ngettext_lazy(
    "Ensure this filename has at most %(max)d character (it has %(length)d).",
    "Ensure this filename has at most %(max)d characters (it has %(length)d).",
    "max",
)
