"""Every page of ours is opened by somebody, or the walks over all addresses would be worth little.

That each answers to everybody as the table says, and that looking changes no row, is asked in tests/access.
"""

from tests.access.asking import IN, WHOSE, expected
from tests.access.table import NO_METHOD, ROWS, STANDS
from tests.house import addresses

# Neither opened by anybody here nor for a POST alone.
SHUT = {
    # Wagtail's: no page here is behind a password; its login leads to ours.
    "en/_util/authenticate_with_password/%(page_view_restriction_id)s/%(page_id)s/",
    "en/_util/login/",
    # After her password once more, with a second step set up, or in the middle of signing in; a lost password is
    # renewed by an administrator.
    "en/accounts/2fa/authenticate/",
    "en/accounts/2fa/reauthenticate/",
    "en/accounts/2fa/recovery-codes/",
    "en/accounts/2fa/recovery-codes/generate/",
    "en/accounts/2fa/totp/activate/",
    "en/accounts/2fa/totp/deactivate/",
    "en/accounts/password/set/",
    # Leads to itself without the key, which nobody is to read over a shoulder.
    "en/accounts/password/reset/key/%(uidb36)s-%(key)s/",
    # They lead to the pages without a language, to the cohort's and to the test.
    "en/card/",
    "en/v/%(public_id)s",
    "en/verify/",
    "en/learn/%(cohort_id)s/",
    "en/tests/%(paper_id)s/start/",
}


def _opens(name: str) -> bool:
    looking, _writing = ROWS[name]
    cases = ((role, whose) for role in STANDS for whose in (*WHOSE, None))
    return looking == NO_METHOD or any(expected(looking, role, whose) == IN for role, whose in cases)


def test_every_page_is_opened_by_somebody():
    ours = [address for address in addresses() if not address.path.startswith("cms/")]
    assert {address.path for address in ours if not _opens(address.name)} == SHUT
