"""The small Markdown of packs as rich text: paragraphs, lists, bold, italic; everything else stays as it is typed."""

from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

# The tags that Wagtail's editor writes itself: an unchanged text stays unchanged when somebody saves it.
EDITOR_TAGS = {"strong": "b", "em": "i"}


class _Renderer(RendererHTML):
    def renderToken(  # noqa: N802 - markdown-it's name
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        tokens[idx].tag = EDITOR_TAGS.get(tokens[idx].tag, tokens[idx].tag)
        return super().renderToken(tokens, idx, options, env)


def _tighten_lists(state: StateCore) -> None:
    """Entries of a list hold text, not paragraphs, even where an author left empty lines between them."""
    inside = 0
    for token in state.tokens:
        inside += token.nesting if token.type == "list_item_open" or token.type == "list_item_close" else 0
        if inside and token.type in {"paragraph_open", "paragraph_close"}:
            token.hidden = True


def _reader() -> MarkdownIt:
    reader = MarkdownIt("zero", {"html": False}, renderer_cls=_Renderer)
    reader.enable(["list", "emphasis", "balance_pairs", "fragments_join", "escape"])
    reader.core.ruler.push("tighten_lists", _tighten_lists)
    return reader


_READER = _reader()


def rich_text(markdown: str) -> str:
    """HTML as Wagtail stores it."""
    return _READER.render(markdown).strip()
