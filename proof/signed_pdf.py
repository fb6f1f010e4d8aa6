"""A PDF that comes back with the office's signature: whose, intact, and nothing else changed than what was meant to be.

"Nothing else" is strict: the file begins with the very bytes that were made, and what was appended fills in the fields
for signature, number and day (``proof/pdf_fields.py``) or adds signatures. A program that writes the file anew instead
of appending to it breaks that, as it breaks every signature before it.
"""

import datetime as dt
import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from asn1crypto import pem, x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, ModificationLevel, SuspiciousModification
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from data.errors import TextError
from data.texts.sentences import Sentence
from proof.pdf_fields import LABELS, SIGNATURE

# What the library raises at files that are broken, or made to break it.
_BROKEN = (
    PdfError, ArithmeticError, AssertionError, AttributeError, LookupError, MemoryError, NotImplementedError, OSError,
    RecursionError, TypeError, ValueError,
)  # fmt: skip


class UnusablePdf(TextError):
    """The file is no PDF that can be read, or one of the office's root certificates is none (``key``)."""


@dataclass(frozen=True)
class Signature:
    """One signature. ``is_trusted``: its certificate goes back to one of the roots that were given; None: none was."""

    signer: str
    signed_at: dt.datetime | None
    is_intact: bool
    is_trusted: bool | None


@dataclass(frozen=True)
class SignedPdf:
    """What was found. ``is_ours``: nothing was changed but what may be; None where there was nothing to compare with.

    ``filled`` has what stands in the fields for number and day, by the field's name.
    """

    signatures: tuple[Signature, ...]
    is_ours: bool | None
    filled: dict[str, str]
    said: tuple[Sentence, ...]

    @property
    def passes(self) -> bool:
        """Whether it is signed, every signature is good, and it is not known to be another document."""
        are_good = all(each.is_intact and each.is_trusted is not False for each in self.signatures)
        return bool(self.signatures) and are_good and self.is_ours is not False


def read_roots(content: bytes) -> list[x509.Certificate]:
    """Certificates of a PEM file that signatures must go back to. Raises :class:`UnusablePdf`."""
    try:
        found = [x509.Certificate.load(der) for _, _, der in pem.unarmor(content, multiple=True)]
        _ = [certificate.subject.native for certificate in found]
    except (ValueError, TypeError):
        raise UnusablePdf("proof.pdf.roots") from None
    return found


def verify_pdf(content: bytes, made: bytes | None, roots: Sequence[x509.Certificate] = ()) -> SignedPdf:
    """Look at a PDF that came back.

    Parameters
    ----------
    content : the file
    made : the file that was made here, to compare it with; None: not to be had
    roots : certificates of authorities that are trusted; none: whose certificate it is stays open

    Raises
    ------
    UnusablePdf
    """
    try:
        reader = PdfFileReader(io.BytesIO(content))
        signatures = tuple(_signature(each, roots) for each in reader.embedded_regular_signatures)
        filled = _filled(reader)
    except _BROKEN:
        raise UnusablePdf("proof.pdf.unreadable") from None
    is_ours, compared = _compared(reader, content, made)
    said = [_said(each) for each in signatures] or [Sentence("proof.pdf.unsigned")]
    said += [Sentence("proof.pdf.filled", field=Sentence(LABELS[name]), value=value) for name, value in filled.items()]
    return SignedPdf(signatures, is_ours, filled, (*said, compared))


def _signature(embedded: EmbeddedPdfSignature, roots: Sequence[x509.Certificate]) -> Signature:
    signer = str(embedded.signer_cert.subject.native.get("common_name") or embedded.signer_cert.subject.human_friendly)
    context = ValidationContext(trust_roots=list(roots), allow_fetching=False)
    try:
        with ThreadPoolExecutor(1) as own:  # it runs a loop of events, and the caller's thread may have one
            status = own.submit(validate_pdf_signature, embedded, context).result()
    except _BROKEN:
        return Signature(signer, None, is_intact=False, is_trusted=None)
    covers = status.coverage is not None and status.coverage >= SignatureCoverageLevel.ENTIRE_REVISION
    is_intact = bool(status.intact and status.valid and covers and not _is_changed_since(embedded))
    return Signature(signer, embedded.self_reported_timestamp, is_intact, bool(status.trusted) if roots else None)


def _is_changed_since(embedded: EmbeddedPdfSignature) -> bool:
    difference = embedded.diff_result
    return isinstance(difference, SuspiciousModification) or (
        difference is not None and difference.modification_level > ModificationLevel.FORM_FILLING
    )


def _filled(reader: PdfFileReader) -> dict[str, str]:
    """What stands in the fields for number and day."""
    fields = [field.get_object() for field in reader.root["/AcroForm"]["/Fields"]] if "/AcroForm" in reader.root else []
    values = {str(field["/T"]): str(field["/V"]) for field in fields if "/T" in field and "/V" in field}
    return {name: values[name] for name in LABELS if name != SIGNATURE and values.get(name)}


def _compared(reader: PdfFileReader, content: bytes, made: bytes | None) -> tuple[bool | None, Sentence]:
    if made is None:
        return None, Sentence("proof.pdf.not_compared")
    if not content.startswith(made):
        return False, Sentence("proof.pdf.rewritten")
    try:
        last = PdfFileReader(io.BytesIO(made)).xrefs.total_revisions - 1
        difference = DEFAULT_DIFF_POLICY.review_file(reader, last)
    except _BROKEN:
        return False, Sentence("proof.pdf.changed")
    if isinstance(difference, SuspiciousModification) or difference.modification_level > ModificationLevel.FORM_FILLING:
        return False, Sentence("proof.pdf.changed")
    return True, Sentence("proof.pdf.ours")


def _said(signature: Signature) -> Sentence:
    if not signature.is_intact:
        return Sentence("proof.pdf.broken", signer=signature.signer)
    key = {None: "proof.pdf.signed", True: "proof.pdf.trusted", False: "proof.pdf.untrusted"}[signature.is_trusted]
    if signature.signed_at is None:
        return Sentence(key, signer=signature.signer, moment=Sentence("proof.pdf.no_moment"))
    return Sentence(key, signer=signature.signer, moment=signature.signed_at)
