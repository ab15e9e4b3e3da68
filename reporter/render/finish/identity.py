"""What the file says it is: both profiles in its metadata, one colour space, dates, an identifier of its content."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib import resources
from io import BytesIO
from xml.sax.saxutils import escape

from pikepdf import Array, Dictionary, Name, ObjectStreamMode, Pdf, Stream, String

# XMP (ISO 16684-1). PDF/A knows no `pdfuaid`, so its one property is declared as an extension (ISO 19005-3, 6.6.2.3).
_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaid:part>3</pdfaid:part>
<pdfaid:conformance>A</pdfaid:conformance>
<pdfuaid:part>1</pdfuaid:part>
{said}
<xmp:CreateDate>{stamp}</xmp:CreateDate>
<xmp:ModifyDate>{stamp}</xmp:ModifyDate>
<xmp:MetadataDate>{stamp}</xmp:MetadataDate>
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 the file conforms to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""

# The entries of the information dictionary and the XMP properties that must say the same (ISO 19005-3, 6.6.3).
_PROPERTIES = {
    "/Title": '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{}</rdf:li></rdf:Alt></dc:title>',
    "/Author": "<dc:creator><rdf:Seq><rdf:li>{}</rdf:li></rdf:Seq></dc:creator>",
    "/Subject": '<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{}</rdf:li></rdf:Alt></dc:description>',
    "/Keywords": "<pdf:Keywords>{}</pdf:Keywords>",
    "/Creator": "<xmp:CreatorTool>{}</xmp:CreatorTool>",
    "/Producer": "<pdf:Producer>{}</pdf:Producer>",
}


def identify(pdf: Pdf, day: date) -> None:
    """Claim PDF/UA-1 and PDF/A-3a, in the metadata and in what they ask of the catalog."""
    info = pdf.docinfo
    info.CreationDate = info.ModDate = String(f"D:{day:%Y%m%d}000000Z")
    said = [form.format(escape(str(info[key]))) for key, form in _PROPERTIES.items() if key in info]
    language = pdf.Root.get(Name.Lang)
    if language is not None:
        said.append(f"<dc:language><rdf:Bag><rdf:li>{escape(str(language))}</rdf:li></rdf:Bag></dc:language>")
    packet = _PACKET.format(said="\n".join(said), stamp=f"{day}T00:00:00Z")
    metadata = Stream(pdf, packet.encode())
    metadata.Type, metadata.Subtype = Name.Metadata, Name.XML
    pdf.Root.Metadata = pdf.make_indirect(metadata)
    pdf.Root.MarkInfo = Dictionary(Marked=True)
    pdf.Root.OutputIntents = Array([_output_intent(pdf)])


def saved(pdf: Pdf) -> bytes:
    """The file's bytes: compressed but for the metadata, its identifier a hash of the content, not of the moment."""
    out = BytesIO()
    pdf.save(out, object_stream_mode=ObjectStreamMode.generate, deterministic_id=True, compress_streams=True)
    # One compressed stream in 256 ends with a byte that looks like a carriage return. Followed by a line feed the
    # two read as one end of line to whoever counts backwards, and the stream as one byte short (ISO 19005-3, 6.1.7.1).
    return out.getvalue().replace(b"\r\nendstream", b"\r\rendstream")


def _output_intent(pdf: Pdf) -> Dictionary:
    """What the colours of the file are meant as: sRGB, by the profile of the International Color Consortium."""
    profile = Stream(pdf, _srgb())
    profile.N = 3
    name = String("sRGB IEC61966-2.1")
    return pdf.make_indirect(
        Dictionary(
            Type=Name.OutputIntent,
            S=Name.GTS_PDFA1,
            OutputConditionIdentifier=name,
            RegistryName=String("http://www.color.org"),
            Info=name,
            DestOutputProfile=pdf.make_indirect(profile),
        )
    )


@cache
def _srgb() -> bytes:
    """`sRGB2014.icc`, free to embed (https://www.color.org/srgbprofiles.xalter), which WeasyPrint brings."""
    return (resources.files("weasyprint.pdf") / "sRGB2014.icc").read_bytes()
