"""What Wagtail's editor shows of certificates."""

from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSet

from lms.certificates.viewsets import DesignViewSet


@hooks.register("register_admin_viewset")
def add_designs() -> ViewSet:
    return DesignViewSet()
