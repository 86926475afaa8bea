"""Every address.  Those without a language in front are printed or typed by people: they never change."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from lms.common import views as common_views

handler400 = "lms.common.views.bad_request"
handler403 = "lms.common.views.permission_denied"
handler404 = "lms.common.views.page_not_found"
handler500 = "lms.common.views.server_error"

urlpatterns = [
    path("", include("lms.jobs.urls.health")),  # /healthz /readyz
    path("", include("lms.certificates.urls.public")),  # /v/<id> /verify/ /.well-known/
    path("api/", include("lms.certificates.urls.api")),
    path("c/", include("lms.attendance.urls.checkin")),
    path("card/", include("lms.people.urls.card")),
    path("cal/", include("lms.cohorts.urls.feed")),
    path("join/", include("lms.cohorts.urls.join")),
    path("cms/documents/", include(wagtaildocs_urls)),
    path("cms/", include("lms.people.urls.cms")),
    path("cms/", include(wagtailadmin_urls)),
    path("sw.js", common_views.service_worker, name="service_worker"),
    path("media/<path:name>", common_views.media, name="media"),
    path("language/", common_views.set_language, name="set_language"),
]

# The same with a language in front, as people type them and programs translate them.
urlpatterns += i18n_patterns(
    path("card/", common_views.without_language, {"to": "card:signin"}, name="card_in_language"),
    path("verify/", common_views.without_language, {"to": "verify:code"}, name="verify_in_language"),
    path("v/<str:public_id>", common_views.without_language, {"to": "verify:verdict"}, name="verdict_in_language"),
)

urlpatterns += i18n_patterns(
    path("accounts/", include("lms.people.urls.accounts")),
    path("me/", include("lms.people.urls.profile")),
    path("", include("lms.people.urls.help")),  # help/ tell-us/ privacy/
    path("me/messages/", include("lms.notices.urls")),
    path("me/calendar/", include("lms.cohorts.urls.calendar")),
    path("learn/", include("lms.cohorts.urls.learn")),
    path("tests/", include("lms.assessments.urls.tests")),
    path("desk/", include("lms.dashboard.urls")),
    path("desk/", include("lms.cohorts.urls.desk")),
    path("desk/", include("lms.attendance.urls.desk")),
    path("desk/", include("lms.assessments.urls.desk")),
    path("desk/", include("lms.certificates.urls.desk")),
    path("desk/", include("lms.certificates.urls.webhooks")),
    path("desk/", include("lms.cascade.urls")),
    path("desk/", include("lms.privacy.urls.merging")),
    path("", include("lms.privacy.urls.data")),  # me/data/ desk/people/<id>/erase/
    path("jobs/", include("lms.jobs.urls.progress")),
    path("", include("curricula.urls")),  # Wagtail's pages
)
