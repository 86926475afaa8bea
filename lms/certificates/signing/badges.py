"""Where a credential stands in a picture (Open Badges 3.0, section 5.3): for whoever bakes and whoever reads."""

PNG_START = b"\x89PNG\r\n\x1a\n"
# Of a chunk of international text in a PNG.
KEYWORD = b"openbadgecredential"
# Of the element in an SVG.
NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
