"""For strangers: typed codes, lists of them, badges of anybody, our keys, the trust bundle, status lists.

`/v/<id>` is answered before the resolver (VerdictChainMiddleware).
"""

from django.urls import path

from lms.certificates.views import credentials, partners, public, verifier

app_name = "verify"
urlpatterns = [
    path("v/<str:public_id>", public.answer_verdict, name="verdict"),
    path("verify/", verifier.typed_code, name="code"),
    path("verify/manifest.json", verifier.manifest, name="manifest"),
    path("verify/credential/", credentials.judge_file, name="credential"),
    path("verify/list/", partners.check_list, name="list"),
    *[
        path(f"verify/list/result.{kind}", partners.result_file, {"kind": kind}, name=f"list_{kind}")
        for kind in partners.TYPES
    ],
    path(".well-known/did.json", public.did_document, name="did"),
    path(".well-known/jwks.json", public.key_set, name="jwks"),
    path("trust/bundle.json", public.trust_bundle, name="bundle"),
    path("trust/status/<int:number>", public.status_list, name="status"),
]
