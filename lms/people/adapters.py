"""Stub: the people helper writes it."""

from allauth.account.adapter import DefaultAccountAdapter as AccountAdapter  # noqa: F401
