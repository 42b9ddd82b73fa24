"""HTML from a student's notebook, made fit for others to open: words, tables and pictures stay, and nothing runs."""

import base64
import re
from functools import lru_cache

import nh3
from markupsafe import Markup, escape
from nbconvert.filters import ansi2html
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES

TEXT = """a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption figure h1 h2 h3 h4
h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strong sub summary sup table tbody td tfoot th thead tr tt
u ul var wbr""".split()
SVG = """circle clipPath defs desc ellipse g line linearGradient marker mask path pattern polygon polyline
radialGradient rect stop svg symbol text textPath title tspan use""".split()
SVG_ATTRIBUTES = """clip-path clip-rule clipPathUnits cx cy d dominant-baseline dx dy fill fill-opacity fill-rule
font-family font-size font-style font-weight fx fy gradientTransform gradientUnits height id marker-end marker-mid
marker-start markerHeight markerUnits markerWidth mask offset opacity orient pathLength patternTransform patternUnits
points preserveAspectRatio r refX refY rx ry spreadMethod stop-color stop-opacity stroke stroke-dasharray
stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width text-anchor
text-decoration textLength transform viewBox width x x1 x2 y y1 y2 href xlink:href xmlns""".split()
MATHML = """math menclose mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow mspace msqrt mstyle
msub msubsup msup mtable mtd mtext mtr munder munderover""".split()
MATHML_ATTRIBUTES = """accent accentunder columnalign columnlines columnspacing columnspan depth display displaystyle
fence form height largeop linethickness lspace mathcolor mathsize mathvariant maxsize minsize movablelimits notation
rowlines rowspacing rowspan rspace scriptlevel separator stretchy symmetric voffset width""".split()
# Nothing here moves a thing out of its place: what a student shows cannot lie over what the page says.
STYLES = """background background-color border border-bottom border-bottom-color border-collapse border-color
border-left border-left-color border-radius border-right border-right-color border-spacing border-style border-top
border-top-color border-width color display fill fill-opacity font font-family font-size font-style font-weight height
letter-spacing line-height list-style list-style-type margin margin-bottom margin-left margin-right margin-top
max-width min-width overflow-wrap padding padding-bottom padding-left padding-right padding-top stop-color stroke
stroke-dasharray stroke-opacity stroke-width text-align text-anchor text-decoration text-indent vertical-align
white-space width word-break""".split()
LEXER, FORMATTER = get_lexer_by_name("ipython3"), HtmlFormatter(nowrap=True)
COLOURED = frozenset(STANDARD_TYPES.values()) | {"highlight"}  # the classes of coloured code
PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]*")
NAMELESS_IMG = re.compile(r"<img(?=[\s/>])(?![^<>]*\salt\s*=)", re.IGNORECASE)


def safe_html(html: str) -> Markup:
    """The HTML without all that could run, fetch, imitate this page or lie over it."""
    return Markup(CLEANER.clean(NAMELESS_IMG.sub('<img alt="a picture without a description" ', html)))


def from_terminal(text: str) -> Markup:
    """What a program printed, in the colours that it asked for."""
    return Markup(ansi2html(text))


def picture(kind: str, data: str, words: str) -> Markup:
    """An <img>. An SVG in one is drawn and no more: what else is in it stays dead."""
    if kind == "image/svg+xml":
        data = base64.b64encode(data.encode(errors="replace")).decode()
    address = f"data:{kind};base64,{''.join(data.split())}"
    if not PICTURE.fullmatch(address):
        return Markup("<em>a picture that cannot be shown</em>")
    return Markup('<img src="{}" alt="{}">').format(address, words)


def kept(tag: str, attribute: str, value: str) -> str | None:
    """An attribute's value if it may stay: addresses lead out of the page or to a part of the same picture."""
    if attribute == "src":
        return value if PICTURE.fullmatch(value) else None
    if tag == "a":
        return value if value.startswith(("http://", "https://", "mailto:")) else None
    if attribute in ("href", "xlink:href"):
        return f"#theirs-{value[1:]}" if value.startswith("#") else None
    if "url(" in value.lower():
        inside = re.fullmatch(r"url\(#([\w.:-]+)\)", value)
        return f"url(#theirs-{inside[1]})" if inside else None
    return value


CLEANER = nh3.Cleaner(
    tags={*TEXT, *SVG, *MATHML},
    clean_content_tags=set("embed foreignObject iframe noscript object script style template".split()),
    attributes={
        "*": {"aria-hidden", "aria-label", "style"},
        "a": {"href"},
        "img": {"src", "alt", "width", "height"},
        "details": {"open"},
        "ol": {"start"},
        "td": {"colspan", "rowspan"},
        "th": {"colspan", "rowspan", "scope"},
    }
    | {tag: set(SVG_ATTRIBUTES) for tag in SVG}
    | {tag: set(MATHML_ATTRIBUTES) for tag in MATHML},
    tag_attribute_values={tag: {"role": {"img"}} for tag in ("svg", "span", "div")},
    allowed_classes={tag: set(COLOURED) for tag in ("div", "pre", "span")},
    attribute_filter=kept,
    filter_style_properties=set(STYLES),
    url_schemes={"http", "https", "mailto", "data"},
    id_prefix="theirs-",
)


@lru_cache(maxsize=256)  # so are the tests
def code(source: str) -> Markup:
    """Python with the words in their colours; the text alone where it is too long for that."""
    if len(source) > 100_000:
        return escape(source)
    return Markup(highlight(source, LEXER, FORMATTER))
