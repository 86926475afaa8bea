"""On the desk: a cohort's certificates, one's own, the paper."""

from django.urls import path

from lms.certificates.views import copying, desk, holder, keys, renewals, sharing

app_name = "certificates"
urlpatterns = [
    path("cohorts/<uuid:cohort_id>/certificates/", desk.cohort_certificates, name="cohort"),
    path("cohorts/<uuid:cohort_id>/certificates/papers/", desk.paperwork, name="paperwork"),
    path("enrolments/<uuid:enrolment_id>/candidate/<slug:module_code>/", desk.candidate, name="candidate"),
    path("enrolments/<uuid:enrolment_id>/trainer/<slug:module_code>/", desk.trainer, name="trainer"),
    path("certificates/", holder.mine, name="mine"),
    path("certificates/licences/", holder.licences, name="licences"),
    path("certificates/ending/", renewals.ending, name="ending"),
    path("certificates/<uuid:certificate_id>/renew/", renewals.renew, name="renew"),
    path("certificates/<uuid:certificate_id>/pdf/", holder.paper, name="pdf"),
    path("certificates/<uuid:certificate_id>/share/", sharing.share, name="share"),
    path("certificates/<uuid:certificate_id>/picture.png", sharing.picture, name="picture"),
    *[
        path(f"certificates/<uuid:certificate_id>/badge.{kind}", holder.badge, {"kind": kind}, name=f"badge_{kind}")
        for kind in holder.BADGES
    ],
    path("certificates/<uuid:certificate_id>/name/", holder.name_form, name="name_form"),
    path("certificates/<uuid:certificate_id>/ask/", holder.ask, name="ask"),
    path("certificates/<uuid:certificate_id>/answered/", desk.answered, name="answered"),
    path("certificates/<uuid:certificate_id>/state/", desk.change_state, name="revoke"),
    path("keys/", keys.keys, name="keys"),
    path("keys/log/", keys.check_log, name="check_log"),
    path("keys/new/<uuid:organisation_id>/", keys.rotate, name="rotate_key"),
    path("keys/proposals/<uuid:signature_id>/", keys.proposal, name="key_proposal"),
    path("keys/proposals/<uuid:signature_id>/file/", copying.fetch, name="fetch_copy"),
    path("keys/<slug:kid>/copy/", copying.copy, name="copy_key"),
    path("keys/<slug:kid>/", keys.key, name="key"),
    path("keys/<slug:kid>/again/", keys.sign_rest, name="sign_rest"),
]
