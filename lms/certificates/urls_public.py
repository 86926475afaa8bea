"""For strangers: typed codes and our keys.  `/v/<id>` is answered before the resolver (VerdictChainMiddleware)."""

from django.urls import path

from lms.certificates import views_public

app_name = "verify"
urlpatterns = [
    path("v/<str:public_id>", views_public.answer_verdict, name="verdict"),
    path("verify/", views_public.typed_code, name="code"),
    path(".well-known/did.json", views_public.did_document, name="did"),
    path(".well-known/jwks.json", views_public.key_set, name="jwks"),
]
