"""XML from strangers: no entities, no DTD, no network, no depth and no size without limit."""

from django.utils.translation import gettext as _
from lxml import etree

from orders.intake.findings import Unreadable

MAX_DEPTH = 100


def parse(content: bytes) -> etree._Element:
    """Return the root.

    Raises:
        Unreadable: it is no XML, declares a document type, or is nested too deeply.
    """
    depth = 0
    parser = etree.XMLPullParser(
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        parser.feed(content)
        root = parser.close()
    except etree.XMLSyntaxError as error:
        raise _broken(error) from None
    except ValueError:  # an encoding that nobody knows
        raise Unreadable("broken_xml", _("The XML is damaged or of an unknown encoding.")) from None
    for event, _element in parser.read_events():
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH:
            raise Unreadable("too_deep", _("The XML is nested too deeply."))
    tree = root.getroottree()
    if tree.docinfo.internalDTD is not None or tree.docinfo.externalDTD is not None:
        text = _("The XML declares a document type or entities: that is not taken from outside.")
        raise Unreadable("xml_entities", text)
    return root


def _broken(error: etree.XMLSyntaxError) -> Unreadable:
    if "ntity" in (error.msg or ""):
        return Unreadable("xml_entities", _("The XML declares entities that cannot be trusted."))
    if "epth" in (error.msg or ""):
        return Unreadable("too_deep", _("The XML is nested too deeply."))
    line = error.lineno or 0
    return Unreadable("broken_xml", _("Line %(line)s of the XML cannot be read.") % {"line": line})
