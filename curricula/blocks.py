"""The blocks of which a lesson for participants is made."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock

TEXT_FEATURES = ["bold", "italic", "ol", "ul"]


class CaseBlock(blocks.StructBlock):
    """An invented case from a place like the reader's."""

    title = blocks.CharBlock(label=_("title"))
    text = blocks.RichTextBlock(label=_("text"), features=TEXT_FEATURES)

    class Meta:
        icon = "user"
        label = _("case")
        template = "curricula/blocks/case.html"


class CardBlock(blocks.StructBlock):
    """A card to cut out."""

    title = blocks.CharBlock(label=_("title"))
    text = blocks.TextBlock(label=_("text"))

    class Meta:
        icon = "form"
        label = _("card")


class ExerciseBlock(blocks.StructBlock):
    """An exercise: what to do, with its cards; debrief and answers stand in the facilitator's plan."""

    code = blocks.CharBlock(label=_("code"), max_length=8)
    title = blocks.CharBlock(label=_("title"))
    minutes = blocks.IntegerBlock(label=_("minutes"), min_value=1, max_value=240)
    instructions = blocks.RichTextBlock(label=_("what to do"), features=TEXT_FEATURES)
    cards = blocks.ListBlock(CardBlock(), label=_("cards"))

    class Meta:
        icon = "group"
        label = _("exercise")
        template = "curricula/blocks/exercise.html"


class BodyBlock(blocks.StreamBlock):
    """What a participant reads."""

    heading = blocks.CharBlock(label=_("heading"), icon="title", template="curricula/blocks/heading.html")
    text = blocks.RichTextBlock(label=_("text"), features=TEXT_FEATURES, template="curricula/blocks/text.html")
    fact = SnippetChooserBlock("curricula.Fact", label=_("fact"), template="curricula/blocks/fact.html")
    case = CaseBlock()
    reflect = blocks.TextBlock(
        label=_("question to think about"), icon="help", template="curricula/blocks/reflect.html"
    )
    exercise = ExerciseBlock()


class KeyMessageBlock(blocks.StructBlock):
    """A key message with what a reader could look up."""

    text = blocks.TextBlock(label=_("text"))
    source = blocks.CharBlock(label=_("source"), required=False)
    to_be_confirmed = blocks.BooleanBlock(
        label=_("to be confirmed"), required=False, help_text=_("Nobody has compared the message with its source yet.")
    )
    core = blocks.BooleanBlock(
        label=_("core message"), required=False, help_text=_("One of the module's five that an adapter keeps.")
    )

    class Meta:
        icon = "pick"
        label = _("key message")
