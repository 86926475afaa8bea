from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "lms.common"
    verbose_name = "Common"
