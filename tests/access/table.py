"""The access matrix: who stands how to whose thing, and what each address answers to whoever stands so.

An address has two cells, for looking (GET) and for writing (POST).  A cell names who is let in; a word with "!" is
refused with 403 (she sees it and does not change it), one with ">" is led on by a redirect.  Where a word stands twice
the later one holds.  Whoever is not named gets 404, a visitor is sent to sign in.  "" is for nobody; NO_METHOD is 405.
"""

# role: whether the thing is of her own cohort, of another one of her organisation, of another organisation; and what
# she is where no thing is named.  A coordinator of the region is a stranger to what has none: that is the country's.
STANDS = {
    "visitor": ("visitor", "visitor", "visitor", "visitor"),
    "enrolled": ("enrolled", "stranger", "stranger", "enrolled"),
    "waiting": ("waiting", "stranger", "stranger", "waiting"),
    "left": ("left", "stranger", "stranger", "left"),
    # Has nothing but a card; holds a certificate, and as a candidate has standing for the module in the organisation.
    "graduate": ("graduate", "trainer", "stranger", "graduate"),
    "lead": ("lead", "trainer", "stranger", "lead"),
    "helper": ("helper", "stranger", "stranger", "helper"),
    # "guest": may observe there, and coaches or observed nobody yet.
    "coach": ("coach", "guest", "stranger", "coach"),
    "observer": ("observer", "guest", "stranger", "observer"),
    "coordinator": ("coordinator", "coordinator", "stranger", "coordinator"),
    "regional": ("regional", "stranger", "stranger", "regional"),
    "elsewhere": ("stranger", "regional", "stranger", "regional"),
    "foreign_coordinator": ("stranger", "stranger", "coordinator", "coordinator"),
    # Leads the other cohort of the organisation; the third leads that of the other organisation.
    "colleague": ("trainer", "lead", "stranger", "lead"),
    "foreign_lead": ("stranger", "stranger", "lead", "lead"),
    "monitor": ("monitor", "monitor", "stranger", "monitor"),
    "editor": ("editor", "editor", "stranger", "editor"),
    "translator": ("translator", "translator", "stranger", "translator"),
    "regional_author": ("regional_author", "regional_author", "stranger", "regional_author"),
    "administrator": ("administrator", "administrator", "stranger", "administrator"),
    # Runs the installation and is nobody inside an organisation.
    "superuser": ("superuser", "superuser", "superuser", "superuser"),
}

NO_METHOD = "405"
EVERYONE = "everyone"
SIGNED_IN = "signed_in"
# What needs a password is not for people with a card.
LED_ON = "enrolled> waiting> left> graduate>"
REFUSED = "enrolled! waiting! left! graduate!"
MANAGES = "coordinator regional"
CHANGES = "lead coordinator regional helper!"
RUNS = "lead helper coordinator regional"
MANAGES_RUNS_SEES = "coordinator regional lead! helper!"
READS_PLANS = "graduate trainer lead helper coach guest observer coordinator regional"
SITS_IN = "enrolled graduate"

_JOBS = {
    "health:healthz": (EVERYONE, NO_METHOD),
    "health:readyz": (EVERYONE, NO_METHOD),
    "jobs:progress": ("lead", NO_METHOD),  # who waits for it
}
_COMMON = {
    "media": (EVERYONE, NO_METHOD),
    "service_worker": (EVERYONE, NO_METHOD),
    "set_language": (NO_METHOD, EVERYONE),
    "card_in_language": ("everyone>", NO_METHOD),
    "verify_in_language": ("everyone>", NO_METHOD),
    "verdict_in_language": ("everyone>", NO_METHOD),
}
_SIGN_IN = {
    "card:signin": (EVERYONE, EVERYONE),
    "account_login": ("visitor signed_in>", "visitor signed_in>"),
    "account_logout": ("visitor> signed_in", EVERYONE),
    "account_leave_at_once": (NO_METHOD, "everyone>"),
    "account_inactive": (EVERYONE, NO_METHOD),
    "account_reauthenticate": (f"{SIGNED_IN} {REFUSED}", f"{SIGNED_IN} {REFUSED}"),
    "account_change_password": (f"{SIGNED_IN} {LED_ON}", f"{SIGNED_IN} {LED_ON}"),
    "account_reset_password": (EVERYONE, EVERYONE),
    "account_reset_password_done": (EVERYONE, NO_METHOD),
    "account_reset_password_from_key": ("everyone>", EVERYONE),
    "account_reset_password_from_key_done": (EVERYONE, NO_METHOD),
    "account_set_password": ("", ""),
    # The second step belongs to a password: whoever has none is led to her page.
    "mfa_index": (f"{SIGNED_IN} {LED_ON}", NO_METHOD),
    # In the middle of signing in only.
    "mfa_authenticate": ("signed_in>", "signed_in>"),
    "mfa_reauthenticate": (f"signed_in> {REFUSED}", f"signed_in> {REFUSED}"),
    # First her password once more.
    "mfa_activate_totp": ("signed_in>", f"{SIGNED_IN} {LED_ON}"),
    "mfa_generate_recovery_codes": ("signed_in>", f"{SIGNED_IN} {LED_ON}"),
    # For whoever has set up the second step.
    "mfa_deactivate_totp": (LED_ON, LED_ON),
    "mfa_view_recovery_codes": (LED_ON, NO_METHOD),
}
_PEOPLE = {
    "people:profile": (SIGNED_IN, NO_METHOD),
    "people:display_name": (NO_METHOD, SIGNED_IN),
    "people:language": (NO_METHOD, SIGNED_IN),
    "people:name_form": (NO_METHOD, SIGNED_IN),
    "people:email": (NO_METHOD, SIGNED_IN),
    "people:confirm_email": (SIGNED_IN, SIGNED_IN),
    "people:certificate_name": (NO_METHOD, SIGNED_IN),
    "people:consent": (NO_METHOD, SIGNED_IN),
    "people:own_pin": (NO_METHOD, "enrolled waiting left graduate"),  # whoever has a card
    "people:wake": (NO_METHOD, SIGNED_IN),
    "people:accept_offer": (NO_METHOD, "graduate"),  # to whom it was made
    "people:decline_offer": (NO_METHOD, "graduate"),
    "people:organisations": ("superuser", NO_METHOD),
    "people:found": ("superuser", "superuser"),
    "people:invite_administrator": ("superuser", "superuser"),
    "people:renew_administrator": (NO_METHOD, "superuser"),
    "people:organisation": ("administrator", "administrator"),
    "people:feedback": ("administrator superuser", NO_METHOD),
    "people:settle_feedback": (NO_METHOD, "administrator"),  # told to the organisation
    "people:roles": ("administrator", NO_METHOD),
    "people:invite": ("administrator", "administrator"),
    "people:invitations": ("administrator", NO_METHOD),
    "people:send_again": (NO_METHOD, "administrator"),
    "people:withdraw_invitation": (NO_METHOD, "administrator"),
    "people:confirm_role": ("administrator", "administrator"),
    "people:grant": ("administrator", "administrator"),
    "people:test_mail": ("administrator", "administrator"),
    "people:member": ("administrator", "administrator"),
    "people:leave": ("administrator", "administrator"),
    "people:reopen": (NO_METHOD, "administrator"),
    "people:end_role": (NO_METHOD, "administrator"),
    "people:tell_word": (NO_METHOD, "administrator"),
    "people:tell_word_to_stranded": (NO_METHOD, ""),  # whoever runs the site: tests/cohorts/test_waking.py
    "people:give_user_name": (NO_METHOD, "administrator"),
    "people:password_link": (NO_METHOD, "administrator"),
    "help:contents": (EVERYONE, NO_METHOD),
    "help:role": (EVERYONE, NO_METHOD),
    "help:privacy": (EVERYONE, NO_METHOD),
    "help:tell": (EVERYONE, EVERYONE),
    "help:told": (EVERYONE, NO_METHOD),
}
_CURRICULA = {
    "glossary": (EVERYONE, NO_METHOD),
    "wagtail_serve": (EVERYONE, EVERYONE),
    # No page here is behind a password; Wagtail's own door leads to ours.
    "wagtailcore_authenticate_with_password": ("", ""),
    "wagtailcore_login": ("everyone>", "everyone>"),
}
_NOTICES = {
    "notices:mine": (SIGNED_IN, SIGNED_IN),
}
_COHORTS = {
    "join:join": (EVERYONE, EVERYONE),
    "feed:calendar": (EVERYONE, NO_METHOD),  # whoever holds the secret address
    "calendar:mine": (SIGNED_IN, NO_METHOD),
    "calendar:make": (NO_METHOD, SIGNED_IN),
    "calendar:revoke": (NO_METHOD, "graduate"),  # whose it is
    "learn:cohort": ("enrolled> graduate> lead> helper> coordinator> regional>", NO_METHOD),
    "learn:lesson": (f"{SITS_IN} {RUNS}", NO_METHOD),
    "learn:mark_read": (NO_METHOD, SITS_IN),
    "cohorts:plan": (f"graduate lead {MANAGES}", f"graduate lead {MANAGES}"),  # coordinators, and who has standing
    "cohorts:edit": (CHANGES, CHANGES),
    "cohorts:duplicate": (CHANGES, CHANGES),
    "cohorts:trainers": (MANAGES_RUNS_SEES, MANAGES_RUNS_SEES),
    "cohorts:open": (NO_METHOD, CHANGES),
    "cohorts:close": (CHANGES, CHANGES),
    "cohorts:reopen": (MANAGES_RUNS_SEES, MANAGES_RUNS_SEES),
    "cohorts:cancel": (NO_METHOD, CHANGES),
    "cohorts:notices": (RUNS, NO_METHOD),
    "cohorts:notice": (RUNS, CHANGES),
    "cohorts:cancel_notice": (NO_METHOD, CHANGES),
    "cohorts:make_calendar": (NO_METHOD, RUNS),
    "cohorts:add_extra_session": (CHANGES, CHANGES),
    "cohorts:session": (CHANGES, CHANGES),
    "cohorts:substitute": (NO_METHOD, CHANGES),
    "cohorts:cancel_session": (NO_METHOD, CHANGES),
    "cohorts:tell_of_session": (NO_METHOD, CHANGES),
    "cohorts:plan_session_again": (CHANGES, CHANGES),
    "cohorts:roster": (RUNS, NO_METHOD),
    "cohorts:walk_in": (RUNS, RUNS),
    "cohorts:roster_import": (RUNS, RUNS),
    "cohorts:roster_template": (RUNS, NO_METHOD),
    "cohorts:withdraw_several": (RUNS, RUNS),
    "cohorts:unlock_cards": (RUNS, RUNS),
    "cohorts:cards": (RUNS, RUNS),
    "cohorts:poster": (RUNS, NO_METHOD),
    "cohorts:joining": (NO_METHOD, RUNS),
    "cohorts:facilitator_plan": (READS_PLANS, NO_METHOD),
    "cohorts:objectives": (READS_PLANS, NO_METHOD),
    "cohorts:find_people": (RUNS, RUNS),
    "cohorts:person": (RUNS, NO_METHOD),
    "cohorts:correct": (RUNS, RUNS),
    "cohorts:admit": (NO_METHOD, RUNS),
    "cohorts:withdraw": (NO_METHOD, RUNS),
    "cohorts:enrol_again": (NO_METHOD, RUNS),
    "cohorts:transfer": (RUNS, RUNS),
    "cohorts:unlock_card": (NO_METHOD, RUNS),
    "cohorts:replace_card": (NO_METHOD, RUNS),
    "cohorts:renew_colleague": (NO_METHOD, MANAGES_RUNS_SEES),
    "cohorts:legal_name": (NO_METHOD, MANAGES_RUNS_SEES),  # she has one already: only the coordinator replaces it
    "cohorts:open_legal_name": (NO_METHOD, MANAGES_RUNS_SEES),
    "cohorts:standings": (f"graduate lead coach {MANAGES} administrator", NO_METHOD),
    "cohorts:standing": ("coordinator", "coordinator"),  # for the whole country
    "cohorts:withdraw_standing": (NO_METHOD, "coordinator"),
    "cohorts:founding": (f"{MANAGES} administrator", f"{MANAGES} administrator"),
    "cohorts:settle_founding": (NO_METHOD, "coordinator administrator"),
}
_ATTENDANCE = {
    "checkin:check_in": (SIGNED_IN, NO_METHOD),
    "checkin:use_ticket": (SIGNED_IN, SIGNED_IN),
    "attendance:roster": (RUNS, RUNS),
    "attendance:mark": (RUNS, RUNS),
    "attendance:room_code": (RUNS, NO_METHOD),
    "attendance:overview": (RUNS, NO_METHOD),
}
_ASSESSMENTS = {
    "tests:paper": (SITS_IN, SITS_IN),
    "tests:start": ("enrolled> graduate>", SITS_IN),
    "tests:save": (NO_METHOD, "graduate"),  # who has begun
    "assessments:allow_later": (RUNS, RUNS),
    "assessments:tests": (RUNS, RUNS),
    "assessments:observations": (f"{RUNS} coach guest observer", f"{RUNS} coach guest observer"),
    "assessments:correct": ("observer", "observer"),
    "assessments:submissions": (f"coach {MANAGES}", NO_METHOD),
    "assessments:decide": (f"coach {MANAGES}", f"coach {MANAGES}"),
    "assessments:my_plan": (SITS_IN, SITS_IN),
}
_CERTIFICATES = {
    "verify:verdict": (EVERYONE, EVERYONE),
    "verify:code": (EVERYONE, NO_METHOD),
    "verify:manifest": (EVERYONE, NO_METHOD),
    "api:certificate": (EVERYONE, NO_METHOD),
    "api:openapi": (EVERYONE, NO_METHOD),
    "verify:credential": (EVERYONE, EVERYONE),
    "verify:list": (EVERYONE, EVERYONE),
    "verify:list_csv": (NO_METHOD, EVERYONE),
    "verify:list_pdf": (NO_METHOD, EVERYONE),
    "verify:did": (EVERYONE, NO_METHOD),
    "verify:jwks": (EVERYONE, NO_METHOD),
    "verify:bundle": (EVERYONE, NO_METHOD),
    "verify:status": (EVERYONE, NO_METHOD),
    "certificates:cohort": (RUNS, MANAGES_RUNS_SEES),
    "certificates:paperwork": (MANAGES, MANAGES),
    "certificates:candidate": (MANAGES, MANAGES),
    "certificates:trainer": (NO_METHOD, MANAGES),
    "certificates:ending": (MANAGES, NO_METHOD),
    "certificates:renew": (NO_METHOD, MANAGES),
    "certificates:mine": (SIGNED_IN, NO_METHOD),
    "certificates:licences": (SIGNED_IN, NO_METHOD),
    "certificates:pdf": (f"graduate {MANAGES}", NO_METHOD),
    "certificates:share": ("graduate", NO_METHOD),
    "certificates:picture": ("graduate", NO_METHOD),
    "certificates:badge_json": ("graduate", NO_METHOD),
    "certificates:badge_png": ("graduate", NO_METHOD),
    "certificates:badge_svg": ("graduate", NO_METHOD),
    "certificates:name_form": (NO_METHOD, "graduate"),
    "certificates:ask": (NO_METHOD, "graduate"),
    "certificates:answered": (NO_METHOD, MANAGES),
    "certificates:revoke": (MANAGES, MANAGES),
    "certificates:keys": ("administrator", NO_METHOD),
    "certificates:check_log": (NO_METHOD, "administrator"),
    "certificates:rotate_key": (NO_METHOD, "administrator"),
    "certificates:key": ("administrator", "administrator"),
    "certificates:key_proposal": ("administrator", "administrator"),
    "certificates:copy_key": ("administrator", "administrator"),
    "certificates:fetch_copy": (NO_METHOD, "administrator"),
    "certificates:sign_rest": (NO_METHOD, "administrator"),
}
_WEBHOOKS = {
    "webhooks:list": ("administrator", NO_METHOD),
    "webhooks:add": ("administrator", "administrator"),
    "webhooks:webhook": ("administrator", "administrator"),
    "webhooks:test": (NO_METHOD, "administrator"),
    "webhooks:secret": (NO_METHOD, "administrator"),
    "webhooks:off": (NO_METHOD, "administrator"),
    "webhooks:on": (NO_METHOD, "administrator"),
}
_CASCADE = {
    "cascade:tree": (MANAGES, NO_METHOD),
}
_PRIVACY = {
    "privacy:export": (SIGNED_IN, NO_METHOD),
    "privacy:openings": (SIGNED_IN, NO_METHOD),
    "privacy:export_own": (NO_METHOD, SIGNED_IN),
    "privacy:export_colleague": (NO_METHOD, "administrator"),
    "privacy:export_participant": (NO_METHOD, MANAGES_RUNS_SEES),
    "privacy:erase_own": (SIGNED_IN, SIGNED_IN),
    "privacy:erasing": (EVERYONE, NO_METHOD),
    "privacy:erase_colleague": ("administrator", "administrator"),
    "privacy:erase_participant": (MANAGES_RUNS_SEES, MANAGES_RUNS_SEES),
    "merging:choose": (MANAGES_RUNS_SEES, MANAGES_RUNS_SEES),
    "merging:merge": (MANAGES_RUNS_SEES, MANAGES_RUNS_SEES),
    "merging:compare": (NO_METHOD, MANAGES_RUNS_SEES),
}
_DASHBOARD = {
    "dashboard:desk": (SIGNED_IN, NO_METHOD),
    "dashboard:cohorts": (SIGNED_IN, NO_METHOD),
    "dashboard:cohort": (f"waiting {SITS_IN} {RUNS} coach guest observer", NO_METHOD),
}
ROWS = {
    **_JOBS, **_COMMON, **_SIGN_IN, **_PEOPLE, **_CURRICULA, **_NOTICES, **_COHORTS, **_ATTENDANCE, **_ASSESSMENTS,
    **_CERTIFICATES, **_WEBHOOKS, **_CASCADE, **_DASHBOARD, **_PRIVACY,
}  # fmt: skip

# What a form must say to be read at all, by the name of the address; the value of a gap stands as "{gap}".
BODIES = {"people:end_role": {"role": "{role_id}"}}
# For strangers: they change no row, and are limited instead.
WITHOUT_TOKEN = {"verify:verdict", "verify:credential", "verify:list", "verify:list_csv", "verify:list_pdf"}
