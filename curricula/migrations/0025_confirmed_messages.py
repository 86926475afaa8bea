import wagtail.fields
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("curricula", "0024_living_licence"),
    ]

    operations = [
        migrations.AlterField(
            model_name="lessonpage",
            name="key_messages",
            field=wagtail.fields.StreamField(
                [("message", 4)],
                block_lookup={
                    0: ("wagtail.blocks.TextBlock", (), {"label": "text"}),
                    1: ("wagtail.blocks.CharBlock", (), {"label": "source", "required": False}),
                    2: (
                        "wagtail.blocks.BooleanBlock",
                        (),
                        {
                            "help_text": "Nobody has compared the message with its source yet.",
                            "label": "to be confirmed",
                            "required": False,
                        },
                    ),
                    3: (
                        "wagtail.blocks.BooleanBlock",
                        (),
                        {
                            "help_text": "One of the module's five that an adapter keeps.",
                            "label": "core message",
                            "required": False,
                        },
                    ),
                    4: (
                        "wagtail.blocks.StructBlock",
                        [[("text", 0), ("source", 1), ("to_be_confirmed", 2), ("core", 3)]],
                        {},
                    ),
                },
                verbose_name="key messages",
            ),
        ),
    ]
