"""Where the pictures and linked files of a text come from, and their new addresses.

What a text shows and does not hold itself can be exchanged behind its back. So each source
is told apart: kept here (model, record and field are known), written into the text, or from
elsewhere. CSS that loads something is from elsewhere, however it is written.

>>> local_file("/web/image/7-abc/x.png?access_token=t"), local_file("/web/content/7?download=1")
(File(model='ir.attachment', id=7, field='raw'), File(model='ir.attachment', id=7, field='raw'))
>>> local_file("/web/image/ir.attachment/7/datas")
File(model='ir.attachment', id=7, field='datas')
>>> local_file("/web/image?model=res.partner&id=7&field=image_128")
File(model='res.partner', id=7, field='image_128')
>>> local_file("https://qms.example.vn/web/image/7", "https://qms.example.vn")
File(model='ir.attachment', id=7, field='raw')
>>> [local_file(url) for url in ("https://evil.example/web/image/7", "/web/image/web.x", "x.png")]
[None, None, None]
"""

import base64
import binascii
import re
import urllib.parse
from typing import NamedTuple

import lxml.html

_PATH = re.compile(
    r"/web/(?:image|content)"
    r"(?:/(?P<model>[a-z][\w.]*)/(?P<of>\d+)/(?P<field>\w+)|/(?P<id>\d+)(?:-[^/]*)?)?"
    r"(?:/[^/]*){0,2}"
)
_DATA = re.compile(r"data:image/[\w.+-]+;base64,(?P<data>.*)", re.DOTALL)
_LOADING = re.compile(r"url\s*\(|image-set|image\s*\(|@import|\\|/\*", re.IGNORECASE)
# What a browser loads besides <img src>.
_OTHERS = "//*[not(self::img)]/@src | //@poster | //@background | //@data | //@srcset"
_SHOWN = "//img"
_LINKED = "//a[@href]"


class File(NamedTuple):
    """A field of a record of this database that holds a file."""

    model: str
    id: int
    field: str


def local_file(url, base=""):
    """Return the file of this database to which an address leads, None when to none.

    :param str base: the address of this database, so that whole addresses are known, too
    """
    parts = urllib.parse.urlsplit((url or "").strip())
    if (parts.scheme or parts.netloc) and parts[:2] != urllib.parse.urlsplit(base)[:2]:
        return None
    found = _PATH.fullmatch(parts.path)
    if not found:
        return None
    query = dict(urllib.parse.parse_qsl(parts.query))
    model = found["model"] or query.get("model") or "ir.attachment"
    number = found["of"] or found["id"] or query.get("id") or ""
    field = found["field"] or query.get("field") or "raw"
    return File(model, int(number), field) if number.isdecimal() else None


def embedded(url):
    """Return the bytes of a picture that is written into the text, None when it is not.

    >>> embedded("data:image/png;base64,iVBORw=="), embedded("data:image/png;base64,*")
    (b'\\x89PNG', None)
    """
    found = _DATA.fullmatch((url or "").strip())
    try:
        return base64.b64decode(found["data"], validate=False) or None if found else None
    except (binascii.Error, ValueError):
        return None


def local_ids(text):
    """Return the attachments that a text shows or links to.

    >>> sorted(local_ids("<img src='/web/image/7'><a href='/web/content/8?download=1'>x</a>"))
    [7, 8]
    """
    urls = Sources(text).urls() if text else ()
    files = filter(None, map(local_file, urls))
    return {file.id for file in files if file.model == "ir.attachment"}


class Sources:
    """The places of a text that load or link to something.

    >>> text = Sources("<p>a<img src='x.png' srcset='y.png 2x'></p><a href='/web/content/8'>b</a>")
    >>> text.replace(lambda url, is_shown: "/web/image/9" if is_shown else "/web/content/10")
    >>> text.html()
    '<p>a<img src="/web/image/9"></p><a href="/web/content/10">b</a>'
    >>> Sources('<p style="background: url(http://x/y)">a</p><video src="z"></video>').strangers()
    ['z', 'background: url(http://x/y)']
    """

    def __init__(self, text):
        self._root = lxml.html.fragment_fromstring(str(text), create_parent="div")

    def urls(self):
        """Return the addresses of pictures shown and of what links lead to."""
        return [url for _node, _name, url in self._places()]

    def strangers(self):
        """Return what is loaded in ways that cannot be kept: CSS, films, frames."""
        loaded = [str(url) for url in self._root.xpath(_OTHERS) if not _is_of_picture(url)]
        styles = [str(style) for style in self._root.xpath("//@style") if _LOADING.search(style)]
        return loaded + styles

    def replace(self, new_url):
        """Put ``new_url(url, is_shown)`` in the place of each address."""
        for node, name, url in self._places():
            node.set(name, new_url(url, name == "src"))
            if name == "src":
                node.attrib.pop("srcset", None)

    def html(self):
        """Return the text as it is now."""
        whole = lxml.html.tostring(self._root, encoding="unicode")
        return whole[whole.index(">") + 1 : whole.rindex("</div>")]

    def _places(self):
        shown = [(node, "src", node.get("src") or "") for node in self._root.xpath(_SHOWN)]
        linked = [(node, "href", node.get("href")) for node in self._root.xpath(_LINKED)]
        return shown + linked


def _is_of_picture(attribute):
    return attribute.attrname == "srcset" and attribute.getparent().tag == "img"
