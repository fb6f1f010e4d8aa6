"""A PDF with empty fields stays PDF/UA-1 and PDF/A-2a, and one that comes back signed is ours or it is not."""

import datetime as dt
import io
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import typst
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign import signers

from data.project import ROOT
from documents.__main__ import main
from documents.typesetter import FONTS, TEMPLATES
from proof.pdf_fields import with_fields
from proof.signed_pdf import SignedPdf, UnusablePdf, read_roots, verify_pdf
from tests.proof.verapdf import validated

PAGE = """
#import "fields.typ": field
#import "official.typ": official
#show: official.with(title: "Danh sách", author: "Trung tâm")
#title[Danh sách]
Số: #field("number", 18mm, 6mm)/TB-TTVH, ngày #field("day", 10mm, 6mm) tháng #field("month", 10mm, 6mm) năm 2021
#pagebreak()
Một địa điểm.
#align(right, block(width: 80mm)[TM. ỦY BAN NHÂN DÂN \\ #field("signature", 70mm, 25mm)])
"""
SIGNER = "Trung tâm Văn hóa"


@pytest.fixture(scope="module")
def plain() -> bytes:
    document = typst.compile(
        PAGE.encode(),
        root=str(TEMPLATES),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        pdf_standards=["ua-1", "a-2a"],
        timestamp=1633824000,
    )
    assert isinstance(document, bytes)
    return document


@pytest.fixture(scope="module")
def made(plain: bytes) -> bytes:
    return with_fields(plain)


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> tuple[signers.SimpleSigner, bytes]:
    """The office's token with a certificate that it gave itself, and that certificate (PEM)."""
    folder = tmp_path_factory.mktemp("token")
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SIGNER)])
    now = dt.datetime.now(dt.UTC)
    usage = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "crl_sign", "encipher_only", "decipher_only"), False
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(digital_signature=True, content_commitment=True, key_cert_sign=True, **usage), critical=True
        )
        .sign(private, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    (folder / "cert.pem").write_bytes(pem)
    (folder / "key.pem").write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    signer = signers.SimpleSigner.load(folder / "key.pem", folder / "cert.pem")
    assert signer is not None
    return signer, pem


def signed(pdf: bytes, signer: signers.SimpleSigner) -> bytes:
    meta = signers.PdfSignatureMetadata(field_name="signature")
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    with ThreadPoolExecutor(1) as own:  # Playwright's loop of events may run in this one
        return own.submit(signers.sign_pdf, writer, meta, signer=signer).result().getvalue()


def changed(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """``pdf`` with something appended, as by a person's editor."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def fill_in(writer: IncrementalPdfFileWriter) -> None:
    """Number and day written into their fields with the font that the fields name."""
    for ref in writer.root["/AcroForm"]["/Fields"]:
        widget = ref.get_object()
        value = {"number": "12", "day": "05", "month": "10"}.get(str(widget["/T"]))
        if value is None:
            continue
        widget["/V"] = pdf_string(value)
        shown = generic.StreamObject(stream_data=f"/Tx BMC q BT /Digits 13 Tf 2 4 Td ({value}) Tj ET Q EMC".encode())
        shown[pdf_name("/Type")], shown[pdf_name("/Subtype")] = pdf_name("/XObject"), pdf_name("/Form")
        shown[pdf_name("/BBox")] = widget["/AP"]["/N"]["/BBox"]
        shown[pdf_name("/Resources")] = writer.root["/AcroForm"]["/DR"]
        widget["/AP"] = generic.DictionaryObject({pdf_name("/N"): writer.add_object(shown)})
        writer.update_container(widget)


def add_a_line(writer: IncrementalPdfFileWriter) -> None:
    """Something more on the first page."""
    page = writer.find_page_for_modification(0)[0].get_object()
    extra = writer.add_object(generic.StreamObject(stream_data=b"0 0 40 40 re f"))
    page["/Contents"] = generic.ArrayObject([page.raw_get("/Contents"), extra])
    writer.update_container(page)


def keys_of(result: SignedPdf) -> list[str]:
    return [said.key for said in result.said]


def test_fields_leave_the_pdf_what_it_claims_to_be(plain: bytes, made: bytes, tmp_path: Path) -> None:
    """By veraPDF, with the fields empty and filled in; a file that claims nothing is told apart."""
    loose = typst.compile(b'#set document(title: "a")\n= a', font_paths=[str(FONTS)], pdf_standards=["ua-1"])
    assert isinstance(loose, bytes)
    files = {"plain": plain, "made": made, "filled": changed(made, fill_in), "loose": loose}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    told = validated(*(tmp_path / name for name in files))
    for name in ("plain", "made", "filled"):
        assert told[name] == {"PDFA_2_A": [], "PDFUA_1": []}
    assert told["loose"]["PDFA_2_A"]
    assert not told["loose"]["PDFUA_1"]


def test_the_same_file_gives_the_same_fields(plain: bytes, made: bytes) -> None:
    assert with_fields(plain) == made
    assert with_fields(made) == made
    assert made.startswith(plain)
    fields = PdfFileReader(io.BytesIO(made)).root["/AcroForm"]["/Fields"]
    assert {str(f.get_object()["/T"]) for f in fields} == {"number", "day", "month", "signature"}


def test_a_signed_pdf_is_ours_with_number_and_day_and_whose_signature(
    made: bytes, token: tuple[signers.SimpleSigner, bytes], tmp_path: Path
) -> None:
    signer, pem = token
    before = signed(changed(made, fill_in), signer)
    after = changed(signed(made, signer), fill_in)
    for content in (before, after):
        result = verify_pdf(content, made, read_roots(pem))
        assert (result.passes, result.is_ours) == (True, True)
        assert result.filled == {"number": "12", "day": "05", "month": "10"}
        assert [(each.signer, each.is_intact, each.is_trusted) for each in result.signatures] == [(SIGNER, True, True)]
        assert result.signatures[0].signed_at is not None
        assert keys_of(result) == ["proof.pdf.trusted", *["proof.pdf.filled"] * 3, "proof.pdf.ours"]
    (tmp_path / "signed.pdf").write_bytes(before)
    by_poppler = subprocess.run(["pdfsig", tmp_path / "signed.pdf"], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid." in by_poppler
    assert "Total document signed" in by_poppler
    alone = verify_pdf(before, None)
    assert (alone.passes, alone.is_ours, alone.signatures[0].is_trusted) == (True, None, None)


def test_whatever_else_was_changed_is_seen(made: bytes, token: tuple[signers.SimpleSigner, bytes]) -> None:
    signer, _ = token
    result = verify_pdf(made, made)
    assert (result.passes, keys_of(result)) == (False, ["proof.pdf.unsigned", "proof.pdf.ours"])
    for content in (signed(changed(made, add_a_line), signer), changed(signed(made, signer), add_a_line)):
        assert keys_of(verify_pdf(content, made))[-1] == "proof.pdf.changed"
        assert not verify_pdf(content, made).passes
    assert not verify_pdf(changed(signed(made, signer), add_a_line), None).passes
    anew = io.BytesIO()
    copy_into_new_writer(PdfFileReader(io.BytesIO(made))).write(anew)
    result = verify_pdf(signed(anew.getvalue(), signer), made)
    assert (result.passes, keys_of(result)[-1]) == (False, "proof.pdf.rewritten")
    whole = signed(made, signer)
    place = whole.index(b"stream") + 40
    assert not verify_pdf(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :], made).passes
    other = with_fields(made.replace(b"2021", b"2022"))
    assert not verify_pdf(whole, other).passes


def test_the_command_compares_a_pdf_that_came_back(
    made: bytes, token: tuple[signers.SimpleSigner, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    signer, pem = token
    files = {
        "made.pdf": made,
        "signed.pdf": signed(changed(made, fill_in), signer),
        "changed.pdf": signed(changed(made, add_a_line), signer),
        "roots.pem": pem,
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    options = ["--original", str(tmp_path / "made.pdf"), "--roots", str(tmp_path / "roots.pem")]
    assert main(["verify", str(tmp_path / "signed.pdf"), *options]) == 0
    assert SIGNER in capsys.readouterr().out
    assert main(["verify", str(tmp_path / "made.pdf"), *options]) == 1
    command = [sys.executable, "-m", "documents", "verify", str(tmp_path / "changed.pdf"), *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")


def test_a_certificate_of_nobody_known_is_said(made: bytes, token: tuple[signers.SimpleSigner, bytes]) -> None:
    signer, _ = token
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Another authority")])
    now = dt.datetime.now(dt.UTC)
    other = x509.CertificateBuilder(name, name, private.public_key(), 2, now, now + dt.timedelta(days=1))
    roots = read_roots(other.sign(private, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    result = verify_pdf(signed(made, signer), made, roots)
    assert (result.passes, keys_of(result)[0]) == (False, "proof.pdf.untrusted")
    with pytest.raises(UnusablePdf):
        read_roots(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7\n", b"{}", b"%PDF-1.7\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF"]
)
def test_what_is_no_pdf_is_refused(content: bytes) -> None:
    with pytest.raises(UnusablePdf):
        verify_pdf(content, None)
